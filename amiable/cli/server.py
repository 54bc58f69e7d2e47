"""serve, worker: the two processes of an installation."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from types import FrameType


def register(subparsers: argparse._SubParsersAction) -> None:
    serve = subparsers.add_parser("serve", help="servir les écrans")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--threads", type=int, default=4)
    serve.add_argument("--with-worker", action="store_true", help="lancer aussi le travail de fond")
    serve.set_defaults(run=run_serve, needs_django=True)
    worker = subparsers.add_parser("worker", help="faire le travail de fond")
    worker.add_argument(
        "--until-idle", action="store_true", help="s’arrêter quand il n’y a plus rien à faire"
    )
    worker.set_defaults(run=run_worker, needs_django=True)


def run_serve(arguments: argparse.Namespace) -> int:
    options = [f"--host={arguments.host}", f"--port={arguments.port}", f"--threads={arguments.threads}"]
    if arguments.with_worker:
        return _side_by_side(["serve", *options], ["worker"])
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = [
        "gunicorn",
        "amiable.config.wsgi:application",
        f"--bind={arguments.host}:{arguments.port}",
        "--worker-class=gthread",
        f"--workers={os.environ.get('AMIABLE_WEB_WORKERS', '1')}",
        f"--threads={arguments.threads}",
        "--log-level=warning",
    ]
    WSGIApplication("%(prog)s").run()
    return 0


#: A worker that dies at once is started again later and later.
_FIRST_WAIT, _LONGEST_WAIT, _LIVED_SECONDS = 1.0, 30.0, 60.0


def _side_by_side(screens: list[str], work: list[str]) -> int:
    """Both processes until the screens end; a worker that dies is started again. The screens' exit code."""
    stopping = False

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    server, worker = _start(screens), _start(work)
    started, wait, again_at = time.monotonic(), _FIRST_WAIT, 0.0
    while not stopping and server.poll() is None:
        if worker.poll() is not None and not again_at:
            wait = _FIRST_WAIT if time.monotonic() - started > _LIVED_SECONDS else wait
            again_at = time.monotonic() + wait
            wait = min(2 * wait, _LONGEST_WAIT)
            print("Le travail de fond s’est arrêté : il est relancé.", file=sys.stderr, flush=True)
        if again_at and time.monotonic() >= again_at:
            worker, started, again_at = _start(work), time.monotonic(), 0.0
        time.sleep(0.2)
    for process in (server, worker):
        if process.poll() is None:
            process.terminate()
    worker.wait(timeout=60)
    code = server.wait(timeout=60)
    return 0 if stopping else code


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "amiable", *command], preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    """Where the system can (Linux), a process whose parent was killed is asked to stop too."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def run_worker(arguments: argparse.Namespace) -> int:
    from amiable.core import clock
    from amiable.core.models import Office
    from amiable.jobs import worker

    if arguments.until_idle:
        count = worker.run_until_idle(now=clock.now())
        print(f"{count} tâche(s) faite(s).")
        return 0
    worker.run_forever(clock.now, lambda: list(Office.objects.values_list("pk", flat=True)))
    return 0
