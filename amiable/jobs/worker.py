"""The worker's loop: one process on SQLite, any number on PostgreSQL."""

from __future__ import annotations

import os
import signal
import socket
import threading
from datetime import datetime
from types import FrameType

from django.db import close_old_connections, connection

from amiable.jobs import registry, services
from amiable.jobs.models import Job

POLL_SECONDS = 1.0


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
    """Work until SIGTERM or SIGINT. `clock()` gives the moment, `office_ids()` the offices to serve."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    worker = name()
    while not stop.is_set():
        close_old_connections()
        now: datetime = clock()  # type: ignore[operator]
        enqueue_schedules(now, office_ids())  # type: ignore[operator]
        run_until_idle(worker, now)
        if connection.vendor == "postgresql":
            from amiable.jobs.procrastinate_app import wait_for_wake

            wait_for_wake(15, lambda: run_until_idle(worker))
        else:
            stop.wait(POLL_SECONDS)
