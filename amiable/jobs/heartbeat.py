"""The workers' sign of life: a row each, so that a dead one is noticed from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from amiable.jobs.models import Heartbeat

#: How often a worker says that it is there, and how long it may say nothing: a long statement holds SQLite.
EVERY = timedelta(seconds=15)
SILENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Life:
    """ok: a worker is there, or none was ever asked for. at: the last sign of any."""

    ok: bool
    state: str
    at: datetime | None = None


def beat(worker: str) -> None:
    """« I am there », in real time: a process dies in real time."""
    now = timezone.now()
    _, is_new = Heartbeat.objects.update_or_create(
        worker=worker, defaults={"beat_at": now, "stopped_at": None}
    )
    if is_new:  # those it comes after are told by it from now on
        Heartbeat.objects.filter(beat_at__lt=now - SILENT).delete()
        Heartbeat.objects.filter(stopped_at__isnull=False).delete()


def stop(worker: str) -> None:
    """« I was asked to stop »: nobody needs to look for a body."""
    Heartbeat.objects.filter(worker=worker).update(stopped_at=timezone.now())


def life() -> Life:
    """What the rows say now: alive, silent, stopped, or never."""
    last = Heartbeat.objects.order_by("beat_at").last()
    if last is None:
        return Life(True, "never")
    running = Heartbeat.objects.filter(stopped_at=None).order_by("beat_at").last()
    if running is None:
        return Life(False, "stopped", last.beat_at)
    alive = running.beat_at > timezone.now() - SILENT
    return Life(alive, "alive" if alive else "silent", running.beat_at)
