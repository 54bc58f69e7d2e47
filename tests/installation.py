"""A whole installation in a folder of its own, driven from outside as an office's machine is."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests import postgresql

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Installation:
    """`AMIABLE_HOME` = `home`, with a database of its own there or on PostgreSQL (see AMIABLE_DATABASE_URL).

    Every command is a new process.
    """

    home: Path
    today: str = "2026-11-22"
    extra: dict[str, str] = field(default_factory=dict)
    #: Its database on the PostgreSQL under test; "" on SQLite.
    database: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if postgresql.given_url():
            self.database = postgresql.name_for(self.home)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AMIABLE_", "DJANGO_"))}
        given = {"AMIABLE_HOME": str(self.home), "AMIABLE_TODAY": self.today, "AMIABLE_DEMO": "1"}
        if self.database:
            given["AMIABLE_DATABASE_URL"] = postgresql.url_of(self.database)
        return {**kept, **given, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.extra}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command, left running in a process group of its own."""
        if self.database:
            postgresql.create(self.database)
        return subprocess.Popen(
            [sys.executable, "-m", "amiable", *arguments],
            cwd=self.home.parent,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """The command to its end; fails the test when the exit code is not the expected one."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert expect is None or process.returncode == expect, f"amiable {arguments}: {out}\n{err}"
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def lines(self, *arguments: str, expect: int | None = 0) -> list[dict[str, Any]]:
        """What `--json` printed, one object per line."""
        return [
            json.loads(line) for line in self.run(*arguments, "--json", expect=expect).stdout.splitlines()
        ]

    def settle(self) -> None:
        """Wait until whatever a killed command had begun in the database has ended."""
        if self.database:
            postgresql.wait_until_quiet(self.database)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers, read from outside."""
        if self.database:
            with psycopg.connect(postgresql.url_of(self.database)) as server:
                return server.execute(query.encode()).fetchall()
        with closing(sqlite3.connect(self.home / "amiable.sqlite3", timeout=30)) as database:
            return database.execute(query).fetchall()

    def write(self, *statements: str) -> None:
        """Change the database from outside, as time or an accident would."""
        if self.database:
            with psycopg.connect(postgresql.url_of(self.database)) as server:
                for statement in statements:
                    server.execute(statement.encode())
            return
        with closing(sqlite3.connect(self.home / "amiable.sqlite3", timeout=30)) as database, database:
            for statement in statements:
                database.execute(statement)

    def copy(self, home: Path) -> Installation:
        """The same installation in another folder; nothing may be running in it."""
        shutil.copytree(self.home, home)
        other = Installation(home, self.today, dict(self.extra))
        if other.database:
            postgresql.create(other.database, template=self.database)
        return other
