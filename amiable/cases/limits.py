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
    dossier: Dossier, limits: Iterable[Limit], *, on: date, actor: User | None, today: date, reason: str
) -> None:
    """Limits nobody has to meet any more, or nobody met: they ask a reason."""
    for one in limits:
        services.drop(one, on=on, actor=actor, today=today, reason=reason)
        _tell_missed(dossier, one, actor=actor, today=today)
    dossier.refresh_from_db(fields=["limit_on"])


def end_with(
    dossier: Dossier, *, on: date, actor: User | None, today: date, reason: str, in_time_fr: str
) -> None:
    """A dossier that is over hides no limit: those that run are put away, late with a reason of whoever ends
    it, in time or only to be waited for with what ended it."""
    for one in list(running(dossier)):
        late = services.is_late(one, on) and not law.limit_words(one.rule).waits
        why = reason or ("" if late else in_time_fr)
        drop(dossier, [one], on=on, actor=actor, today=today, reason=why)


def _tell_missed(dossier: Dossier, limit: Limit, *, actor: User | None, today: date) -> None:
    data = {"rule": limit.rule, "limit_on": limit.limit_on.isoformat()}
    tell(dossier, "limit_missed", actor=actor, today=today, note=limit.reason, data=data)
