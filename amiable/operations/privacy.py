"""An installation is for the account that runs it: names and debts of people, for nobody else's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from amiable.operations.database import SQLITE_NAME

_FOLDER, _FILE = 0o700, 0o600
#: Below the folder of the installation, which shuts all, what holds people: shut on its own too.
FOLDERS = ("documents", "spool", "imports")
FILES = (SQLITE_NAME, f"{SQLITE_NAME}-wal", f"{SQLITE_NAME}-shm", "secret.key")


def close() -> None:
    """Shut what an older version, or somebody, left open."""
    for path, mode in _wanted():
        if path.stat().st_mode & 0o077:
            path.chmod(mode)


def open_to_others() -> list[Path]:
    """What other accounts of the machine may read."""
    return [path for path, _ in _wanted() if path.stat().st_mode & 0o077]


def _wanted() -> Iterator[tuple[Path, int]]:
    home = settings.AMIABLE_HOME
    folders = ((home, _FOLDER), *((home / name, _FOLDER) for name in FOLDERS))
    for path, mode in (*folders, *((home / name, _FILE) for name in FILES)):
        if path.exists():
            yield path, mode
