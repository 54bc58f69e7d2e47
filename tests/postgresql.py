"""Databases of one's own on the PostgreSQL named by AMIABLE_DATABASE_URL: made, copied, awaited, dropped."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

#: A killed client's backend ends at its next look at the connection; more than this is a failure.
PATIENCE_SECONDS = 60
_made: set[str] = set()


def given_url() -> str:
    """The address to test on, "" on SQLite."""
    url = os.environ.get("AMIABLE_DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def name_for(home: Path) -> str:
    """The database of the installation in that folder: two installations never share one."""
    return f"amiable_{hashlib.blake2b(str(home).encode(), digest_size=8).hexdigest()}"


def url_of(name: str) -> str:
    return urlsplit(given_url())._replace(path=f"/{name}").geturl()


def create(name: str, template: str = "template0") -> None:
    """Make the database, unless it is there; as a copy once nobody is at work in `template`."""
    if name in _made:
        return
    if template != "template0":
        wait_until_quiet(template)
    _administer(
        sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
    )
    _made.add(name)


def wait_until_quiet(name: str) -> None:
    """Until no backend serves the database: what a killed client had begun is then undone or committed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with psycopg.connect(given_url(), autocommit=True) as server:
        query = "select count(*) from pg_stat_activity where datname = %s and backend_type = 'client backend'"
        while server.execute(query, (name,)).fetchone() != (0,):
            assert time.monotonic() < deadline, f"a killed client is still at work in {name}"
            time.sleep(0.02)


def drop_all() -> None:
    """Leave the server as it was found."""
    while _made:
        name = sql.Identifier(_made.pop())
        _administer(sql.SQL("drop database if exists {} with (force)").format(name))


def _administer(statement: sql.Composed) -> None:
    with psycopg.connect(given_url(), autocommit=True) as server:
        server.execute(statement)
