"""The database as one file and back: SQLite's online copy, or PostgreSQL's own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from amiable.domain.errors import DomainError

SQLITE_NAME = "amiable.sqlite3"
POSTGRESQL_NAME = "amiable.pgdump"


def file_name() -> str:
    """The name of the copy within a backup: it says which database it can go back to."""
    return SQLITE_NAME if connection.vendor == "sqlite" else POSTGRESQL_NAME


def in_use() -> bool:
    """Whether the database holds an office or a user: then nothing may be restored over it."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in ("core_office", "core_user"):
            if table in tables:
                cursor.execute(f"select 1 from {table} limit 1")
                if cursor.fetchone():
                    return True
    return False


def dump(target: Path) -> None:
    """Copy the database as it stands at one moment, while people go on working."""
    if connection.vendor == "sqlite":
        _copy_sqlite(_sqlite_path(), target)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}", "la sauvegarde")


def load(source: Path) -> None:
    """Put the copy in the place of the empty database, in one move or one transaction."""
    if connection.vendor == "sqlite":
        path = _sqlite_path()
        connection.close()
        # The journal of the empty database must not be replayed onto the restored one.
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        os.replace(source, path)
    else:
        options = (
            "--single-transaction",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
        )
        _run("pg_restore", *options, str(source), "le rétablissement")


def empty() -> None:
    """Take away what was brought: every table, of a database that nobody used."""
    if connection.vendor == "sqlite":
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_sqlite_path()}{suffix}").unlink(missing_ok=True)
        return
    connection.close()  # whatever failed, its transaction goes with it
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _sqlite_path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy_sqlite(path: Path, target: Path) -> None:
    if not path.exists():
        raise DomainError(
            "backup.no_database", "Aucune base à sauvegarder : lancez d’abord « amiable init »."
        )
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        # A single file, without journal beside it.
        copy.execute("pragma journal_mode=delete")
    finally:
        copy.close()
        source.close()


def _run(tool: str, *arguments: str) -> None:
    """Run a PostgreSQL tool on this database; the last argument names the work, for the error."""
    *options, work = arguments
    values: dict[str, Any] = connection.settings_dict
    environment = dict(os.environ)
    for key, name in (("HOST", "PGHOST"), ("PORT", "PGPORT"), ("USER", "PGUSER"), ("PASSWORD", "PGPASSWORD")):
        if values[key]:
            environment[name] = str(values[key])
    connection.close()
    where = [] if tool == "pg_dump" else ["--dbname"]
    command = [_tool(tool), *options, *where, str(values["NAME"])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DomainError("backup.tool", f"PostgreSQL a refusé {work} : {done.stderr.strip()[:300]}")


def _tool(name: str) -> str:
    """The newest tool of the machine: an older one refuses to read a newer server."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4].split(".")[0])
    )
    found = str(debian[-1]) if debian else shutil.which(name)
    if found is None:
        raise DomainError(
            "backup.no_tool", f"L’outil {name} de PostgreSQL n’est pas installé sur cette machine."
        )
    return found
