"""Makes the upgrade fixture anew from the commit it tells of: both dumps, and what they hold.

    git worktree add /tmp/old 3c0ea33
    AMIABLE_DATABASE_URL=postgres://… python tests/upgrade/make.py /tmp/old

`AMIABLE_DATABASE_URL` names a PostgreSQL where a database may be made and dropped. Nothing here is run by
the tests, which read the three files.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

HERE = Path(__file__).resolve().parent
DATABASE = "amiable_upgrade_fixture"
#: A Tuesday at the end of a month: the day the old office worked and the day the new one reads.
TODAY = "2026-11-24"


def main(code: Path) -> None:
    url = os.environ["AMIABLE_DATABASE_URL"]
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite = _environment(code, Path(folder) / "sqlite")
        told = _office(on_sqlite, code)
        with sqlite3.connect(Path(folder) / "sqlite" / "amiable.sqlite3") as database:
            _keep("installation.sqlite.sql", "\n".join(database.iterdump()))
        here = urlsplit(url)._replace(path=f"/{DATABASE}").geturl()
        _administer(url, f"drop database if exists {DATABASE}", f"create database {DATABASE}")
        on_postgresql = {**_environment(code, Path(folder) / "pg"), "AMIABLE_DATABASE_URL": here}
        assert _office(on_postgresql, code) == told, "the two databases tell two stories"
        _keep("installation.postgresql.sql", _dump(here))
        _administer(url, f"drop database {DATABASE}")
    _keep("expected.json", json.dumps(told, ensure_ascii=False, indent=0))


def _environment(code: Path, home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AMIABLE_", "DJANGO_"))}
    given = {"AMIABLE_HOME": str(home), "AMIABLE_TODAY": TODAY, "AMIABLE_DEMO": "1", "PYTHONPATH": str(code)}
    return {**kept, **given, "DJANGO_SETTINGS_MODULE": "amiable.config.settings", "PYTHONHASHSEED": "0"}


def _office(environment: dict[str, str], code: Path) -> dict[str, object]:
    """The office made from nothing; what it holds, and what the old command says each account owes."""
    _python(environment, code, "manage.py", "migrate", "--verbosity", "0")
    _python(environment, code, str(HERE / "office.py"))
    told: dict[str, object] = json.loads(_python(environment, code, str(HERE / "reading.py")))
    for office in ("deux-rives", "valmont"):
        lines = _python(environment, code, "-m", "amiable", "positions", "--json", "--office", office)
        told[f"positions --office {office}"] = [json.loads(line) for line in lines.splitlines()]
    return told


def _python(environment: dict[str, str], code: Path, *arguments: str) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=code, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _dump(url: str) -> str:
    """Plain SQL, without the lines only one release of psql understands."""
    command = ["pg_dump", "--no-owner", "--no-acl", "--inserts", "--rows-per-insert=200", url]
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    dropped = ("\\restrict", "\\unrestrict", "SET transaction_timeout")
    return "\n".join(line for line in text.splitlines() if not line.startswith(dropped))


def _administer(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())


def _keep(name: str, text: str) -> None:
    # No date in the archive: the same text gives the same bytes.
    (HERE / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
