"""The worker's loop: one process on SQLite, any number on PostgreSQL."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from datetime import datetime
from types import FrameType

from django.db import close_old_connections, connection

from amiable.jobs import heartbeat, registry, services
from amiable.jobs.models import Job

POLL_SECONDS = 1.0
#: How long to wait before looking again whether the database is back: longer each time, up to the second.
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
logger = logging.getLogger(__name__)


def name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run_until_idle(worker: str | None = None, now: datetime | None = None) -> int:
    """Run everything that can run now; how many jobs ran, with what the ticks did when `now` is given."""
    worker = worker or name()
    count = 0
    while True:
        before = count
        while job := services.claim(worker):
            services.run(job)
            count += 1
        if now is not None:
            count += sum(tick(now) for tick in registry.ticks())
        if count == before:
            return count


def enqueue_schedules(now: datetime, office_ids: list[int]) -> None:
    """Ask for the day's scheduled work, once per office and day, whoever asks first."""
    for schedule in registry.schedules():
        if now.time() < schedule.at:
            continue
        for office_id in office_ids:
            key = f"{office_id}:{now.date().isoformat()}"
            if not Job.objects.filter(task=schedule.task, lock_key=key).exists():
                arguments = {"office_id": office_id, "as_of": now.date().isoformat()}
                services.enqueue(schedule.task, arguments, office_id=office_id, lock_key=key)


def run_forever(clock: object, office_ids: object) -> None:
    """Work until SIGTERM or SIGINT. `clock()` gives the moment, `office_ids()` the offices to serve.

    A turn that fails (the database is away) is waited out: what it did not finish is taken up by the next.
    """
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    worker = name()
    wait = FIRST_WAIT
    beaten = 0.0
    while not stop.is_set():
        close_old_connections()
        try:
            if time.monotonic() - beaten > heartbeat.EVERY.total_seconds() or not beaten:
                heartbeat.beat(worker)
                beaten = time.monotonic()
            now: datetime = clock()  # type: ignore[operator]
            enqueue_schedules(now, office_ids())  # type: ignore[operator]
            run_until_idle(worker, now)
            _pause(stop, worker)
            wait = FIRST_WAIT
        except Exception:
            logger.exception("the worker's turn failed, it looks again in %.0f s", wait)
            connection.close()
            stop.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)
    heartbeat.stop(worker)


def _pause(stop: threading.Event, worker: str) -> None:
    """Until something may have come."""
    if connection.vendor == "postgresql":
        from amiable.jobs.procrastinate_app import wait_for_wake

        wait_for_wake(heartbeat.EVERY.total_seconds(), lambda: run_until_idle(worker))
    else:
        stop.wait(POLL_SECONDS)
