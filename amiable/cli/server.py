"""serve, worker: the two processes of an installation."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys


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
    from gunicorn.app.wsgiapp import WSGIApplication

    child = None
    if arguments.with_worker:
        child = subprocess.Popen([sys.executable, "-m", "amiable", "worker"])
    sys.argv = [
        "gunicorn",
        "amiable.config.wsgi:application",
        f"--bind={arguments.host}:{arguments.port}",
        "--worker-class=gthread",
        f"--workers={os.environ.get('AMIABLE_WEB_WORKERS', '1')}",
        f"--threads={arguments.threads}",
        "--log-level=warning",
    ]
    try:
        WSGIApplication("%(prog)s").run()
    finally:
        if child:
            child.terminate()
            child.wait(timeout=30)
    return 0


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
