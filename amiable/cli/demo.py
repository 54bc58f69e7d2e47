"""demo: two offices loaded and served, to look around without any risk."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def register(subparsers: argparse._SubParsersAction) -> None:
    command = subparsers.add_parser("demo", help="charger et servir une démonstration (rien ne part)")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--threads", type=int, default=4)
    command.add_argument("--no-serve", action="store_true", help="charger seulement")
    command.add_argument("--keep", action="store_true", help="garder la démonstration d’un autre jour")
    # Its own folder and the demo mode have to be set before the settings are read.
    command.set_defaults(run=run, needs_django=False)


def run(arguments: argparse.Namespace) -> int:
    os.environ.setdefault("AMIABLE_HOME", str(Path.home() / ".local" / "share" / "amiable-demo"))
    os.environ["AMIABLE_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.config.settings")
    import django

    django.setup()
    from amiable.core import clock
    from amiable.demo import load

    load.ensure(clock.today(), clock.now(), _say, keep=arguments.keep)
    _tell(arguments)
    if not arguments.no_serve:
        _serve(arguments)
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    """Become the server, in a new process image.

    A process that has computed keeps Polars' threads; a server forked from it would wait for them for ever.
    """
    serve = ["serve", "--host", arguments.host, "--port", str(arguments.port)]
    serve += ["--threads", str(arguments.threads), "--with-worker"]
    os.execv(sys.executable, [sys.executable, "-m", "amiable", *serve])


def _say(text: str) -> None:
    print(text, flush=True)


def _tell(arguments: argparse.Namespace) -> None:
    from django.conf import settings

    from amiable.demo.offices import PASSWORD, log_ins

    _say("")
    if not arguments.no_serve:
        _say(f"Ouvrez http://{arguments.host}:{arguments.port}/ dans un navigateur (Ctrl-C pour arrêter).")
    _say(f"Mot de passe de tous : {PASSWORD}")
    for username, who, office in log_ins():
        _say(f"  {username:12} {who}, {office}")
    home = settings.AMIABLE_HOME
    _say(f"Les listes importées : {home / 'demo'}. Rien ne part : voir {home / 'spool'}.")
