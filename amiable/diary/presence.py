"""Who else has this account open just now."""

from __future__ import annotations

from datetime import datetime, timedelta

from amiable.core.models import User
from amiable.diary.models import Presence
from amiable.ledger.models import Account

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
        Presence.objects.update_or_create(account=account, user=user, defaults={"seen_at": now})
    return [one for one in known if one.user_id != user.pk]
