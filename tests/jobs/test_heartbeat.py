"""A worker that died is noticed and started again; one whose database went waits for it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from amiable.jobs import heartbeat
from amiable.jobs.models import Heartbeat
from amiable.operations import doctor
from tests import postgresql
from tests.installation import Installation

SECONDS = 90
BEATS = "select worker, stopped_at from jobs_heartbeat order by beat_at"


def seen(client: Client) -> tuple[bool, bool, str]:
    """What doctor and the page of a supervisor say."""
    said = {check["name"]: check["ok"] for check in doctor.checks()}["travail de fond"]
    answer = client.get(reverse("health")).json()
    assert answer["ok"]
    return said, answer["worker"]["ok"], answer["worker"]["state"]


def test_doctor_and_the_supervisor_know_who_lives(db: None) -> None:
    client = Client()
    assert seen(client) == (True, True, "never")
    heartbeat.beat("one:1")
    assert seen(client) == (True, True, "alive")
    Heartbeat.objects.update(beat_at=timezone.now() - heartbeat.SILENT - timedelta(seconds=1))
    assert seen(client) == (False, False, "silent")
    heartbeat.beat("two:2")
    assert seen(client) == (True, True, "alive")
    assert list(Heartbeat.objects.values_list("worker", flat=True)) == ["two:2"]
    heartbeat.stop("two:2")
    assert seen(client) == (False, False, "stopped")
    heartbeat.beat("three:3")
    heartbeat.beat("four:4")
    heartbeat.stop("three:3")
    assert seen(client) == (True, True, "alive")


@contextmanager
def running(installation: Installation, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "amiable", *command],
        cwd=installation.home.parent, env=installation.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(what: Callable[[], object]) -> None:
    for _ in range(SECONDS * 5):
        if what():
            return
        time.sleep(0.2)
    raise AssertionError("it did not come")


def worker_of(installation: Installation) -> int:
    """The process of the worker that spoke last, 0 when none did."""
    rows = [worker for worker, stopped in installation.rows(BEATS) if stopped is None]
    return int(rows[-1].split(":")[1]) if rows else 0


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.kill
@pytest.mark.skipif(sys.platform != "linux", reason="Linux : /proc")
def test_a_killed_worker_is_started_again_and_both_end_with_the_command(installation: Installation) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(installation, "serve", "--with-worker", "--port", str(port)) as serve:
        wait_for(lambda: worker_of(installation))
        first = worker_of(installation)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: worker_of(installation) not in (0, first))
        second = worker_of(installation)
        wait_for(lambda: answers(port))
        serve.terminate()
        assert serve.wait(timeout=SECONDS) == 0
        assert not is_alive(second)
        assert not answers(port)
        assert installation.rows(BEATS)[-1][1] is not None, "it was asked to stop, and said so"


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/", timeout=5) as answer:
            return bool(json.load(answer)["ok"])
    except OSError:
        return False


@pytest.mark.kill
def test_a_worker_waits_for_a_database_that_went(installation: Installation) -> None:
    with running(installation, "worker") as worker:
        wait_for(lambda: worker_of(installation))
        with without_database(installation):
            time.sleep(3)
            assert worker.poll() is None
        installation.write("update jobs_heartbeat set beat_at = '2020-01-01 00:00:00'")
        wait_for(lambda: installation.rows("select 1 from jobs_heartbeat where beat_at > '2021-01-01'"))
        assert worker.poll() is None
        worker.terminate()
        assert worker.wait(timeout=SECONDS) == 0


@contextmanager
def without_database(installation: Installation) -> Iterator[None]:
    """PostgreSQL: nobody may enter; SQLite: its only table of the loop is away."""
    if installation.database:
        with psycopg.connect(postgresql.url_of("postgres"), autocommit=True) as server:
            name = installation.database
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            server.execute(
                b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            yield
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    else:
        installation.write("alter table core_office rename to core_office_away")
        yield
        installation.write("alter table core_office_away rename to core_office")
