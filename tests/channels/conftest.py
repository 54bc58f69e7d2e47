from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from amiable.channels.base import Settings

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def channel_settings(tmp_path):
    def make(*, demo=False, **options):
        return Settings(spool_dir=tmp_path / "spool", demo=demo, now=NOW, options=options)

    return make


@pytest.fixture
def sms_server():
    """A provider's API on the loopback: `script` holds the answers to give, `seen` what was received."""
    state = {"script": [], "seen": []}

    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            state["seen"].append({"path": self.path, "headers": dict(self.headers), "body": body})
            code, answer = state["script"].pop(0) if state["script"] else (200, {"id": "m-1"})
            if code == "hang up":
                self.close_connection = True
                return
            data = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _answer

        def log_message(self, *args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state["url"] = f"http://127.0.0.1:{server.server_port}/messages"
    state["base"] = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()
