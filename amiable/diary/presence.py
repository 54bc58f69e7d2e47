"""Who else has this account open just now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import OperationalError, connection

from amiable.accounts.models import Account
from amiable.core.models import User
from amiable.diary.models import Presence

#: After this long an open fiche is taken for a forgotten one.
_MINUTES = 15
#: A page read again within this long writes nothing.
_QUIET = timedelta(minutes=1)


def arrive(*, account: Account, user: User, now: datetime) -> list[Presence]:
    """Note that `user` reads the account; returns who else did in the last minutes, newest first."""
    known = list(
        Presence.objects.filter(account=account, seen_at__gte=now - timedelta(minutes=_MINUTES))
        .select_related("user")
        .order_by("-seen_at")
    )
    mine = next((one for one in known if one.user_id == user.pk), None)
    if mine is None or now - mine.seen_at > _QUIET:
        _remember(account, user, now)
    return [one for one in known if one.user_id != user.pk]


def _remember(account: Account, user: User, now: datetime) -> None:
    """Write it down, unless the database is busy: reading a fiche never waits for an import to end."""
    try:
        with _impatient():
            Presence.objects.update_or_create(account=account, user=user, defaults={"seen_at": now})
    except OperationalError:
        if connection.in_atomic_block:
            raise


@contextmanager
def _impatient() -> Iterator[None]:
    """On SQLite, one writer at a time: give up at once instead of queueing."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 20")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
