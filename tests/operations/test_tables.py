"""A new database is made at once; it must be the one that every migration, replayed, would have made."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import psycopg
import pytest

from tests import postgresql
from tests.installation import ROOT, Installation

#: Django's own link table: bigint when its migrations are replayed with our default key, integer as declared.
DJANGOS_OWN = "auth_group_permissions"
CONSTRAINT = re.compile(r'CONSTRAINT "\w+" (?:CHECK|UNIQUE) \(.*?\)(?=, | CONSTRAINT|\)$)')


def test_the_tables_made_at_once_are_those_of_the_migrations(tmp_path):
    made, migrated = Installation(tmp_path / "made"), Installation(tmp_path / "migrated")
    made.run("init")
    migrated.run("doctor", expect=1)  # its folder and its database, nothing in it
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env={**migrated.environment, "DJANGO_SETTINGS_MODULE": "amiable.config.settings"},
        check=True,
        timeout=300,
    )
    assert _tables(made) == _tables(migrated)


@pytest.mark.kill
@pytest.mark.parametrize("after", [0.6, 0.9, 1.2, 1.5, 1.8])
def test_an_init_killed_mid_way_is_begun_again(tmp_path, after):
    office = Installation(tmp_path / "home")
    process = office.start("init")
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    office.run("init")
    assert all(check["ok"] for check in office.lines("doctor"))


def _tables(office: Installation) -> set[tuple[str, ...]]:
    """Every column, index and constraint, whatever the order in which they were added (triggers: `init`)."""
    return _on_postgresql(office.database) if office.database else _on_sqlite(office)


def _on_sqlite(office: Installation) -> set[tuple[str, ...]]:
    said: set[tuple[str, ...]] = set()
    with closing(sqlite3.connect(office.home / "amiable.sqlite3")) as base:
        for kind, name, sql in base.execute(
            "select type, name, sql from sqlite_master where type <> 'trigger'"
        ):
            if kind != "table":
                said.add((kind, name, re.sub(r"\s+", " ", sql or "")))
                continue
            for column in base.execute(f'pragma table_info("{name}")'):
                said.add(("column", name, *map(str, column[1:])))
            for key in base.execute(f'pragma foreign_key_list("{name}")'):
                said.add(("key", name, *map(str, key[2:])))
            for constraint in CONSTRAINT.findall(sql):
                said.add(("constraint", name, constraint))
    return said


def _on_postgresql(database: str) -> set[tuple[str, ...]]:
    with psycopg.connect(postgresql.url_of(database)) as base:
        columns = base.execute(
            "select table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
            " from information_schema.columns where table_schema = 'public'"
        ).fetchall()
        indexes = base.execute(
            "select tablename, indexdef from pg_indexes where schemaname = 'public'"
        ).fetchall()
        constraints = base.execute(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'public'::regnamespace"
        ).fetchall()
    rows = [*columns, *indexes, *constraints]
    return {tuple(map(str, row)) for row in rows if row[:2] != (DJANGOS_OWN, "id")}
