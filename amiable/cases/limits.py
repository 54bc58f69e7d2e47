"""The limits of a dossier, kept by the room of limits: the dossier tells those it missed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from amiable.cases.lifecycle import tell
from amiable.cases.models import Dossier
from amiable.core.law_overrides import in_force
from amiable.core.models import User
from amiable.domain import law
from amiable.limits import services
from amiable.limits.lifecycle import RUNNING
from amiable.limits.models import Limit


def running(dossier: Dossier, rule: str = "") -> QuerySet[Limit]:
    """Its limits not over yet, of that rule (all of them for "")."""
    rows = Limit.objects.filter(case=dossier, state__in=RUNNING).select_related("account__office", "case")
    return rows.filter(rule=rule) if rule else rows


def add_limit(
    dossier: Dossier, rule: str, *, from_on: date, actor: User | None, today: date, **conditions: Any
) -> Limit:
    """The limit `rule` running from `from_on`, once. conditions: as `law.limit` takes them."""
    wanted = services.prepared(
        dossier.account, rule, from_on=from_on, case=dossier, overrides=in_force(dossier.office), **conditions
    )
    return services.open_limit(wanted, actor=actor, today=today)


def meet(
    dossier: Dossier, rule: str, *, on: date, actor: User | None, today: date, reason: str = ""
) -> list[Limit]:
    """What was done on `on` meets the open limits of that rule (every one for ""); late ones ask a reason."""
    met = list(running(dossier, rule))
    for one in met:
        late = services.is_late(one, on)
        services.meet(one, on=on, actor=actor, today=today, reason=reason)
        if late:
            _tell_missed(dossier, one, actor=actor, today=today)
    dossier.refresh_from_db(fields=["limit_on"])
    return met


def drop(
    dossier: Dossier,
    limits: Iterable[Limit],
    *,
    on: date,
    actor: User | None,
    today: date,
    reason: str,
    in_time_fr: str = "",
) -> None:
    """Limits nobody has to meet any more, or nobody met: they ask a reason. in_time_fr: what is reason enough
    while one is not late, or when it was only to be waited for."""
    for one in list(limits):
        why = reason or ("" if asks_why(one, on) else in_time_fr)
        services.drop(one, on=on, actor=actor, today=today, reason=why)
        _tell_missed(dossier, one, actor=actor, today=today)
    dossier.refresh_from_db(fields=["limit_on"])


def asks_why(limit: Limit, on: date) -> bool:
    """Late on that day, and somebody had to meet it: whoever puts it away says why."""
    return services.is_late(limit, on) and not law.limit_words(limit.rule).waits


def _tell_missed(dossier: Dossier, limit: Limit, *, actor: User | None, today: date) -> None:
    data = {"rule": limit.rule, "limit_on": limit.limit_on.isoformat()}
    tell(dossier, "limit_missed", actor=actor, today=today, note=limit.reason, data=data)
