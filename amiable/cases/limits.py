"""The legal limits of a dossier: set by the law's own delays, met by an act, never forgotten in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Min

from amiable.cases.lifecycle import tell
from amiable.cases.models import Dossier, DossierLimit
from amiable.core.law_overrides import in_force
from amiable.core.models import User
from amiable.diary.writing import add_note
from amiable.domain import law
from amiable.domain.cases.kind import is_late
from amiable.domain.errors import DomainError
from amiable.domain.law import Overrides


def add_limit(
    dossier: Dossier,
    rule: str,
    *,
    from_on: date,
    label: str = "",
    consequence: str = "",
    limit_on: date | None = None,
    **conditions: Any,
) -> DossierLimit:
    """The limit `rule` running from `from_on`, once. limit_on: when the engine already computed it."""
    overrides = in_force(dossier.office) if limit_on is None else None
    wanted = unwritten(
        dossier,
        rule,
        from_on=from_on,
        overrides=overrides,
        label=label,
        consequence=consequence,
        limit_on=limit_on,
        **conditions,
    )
    known = DossierLimit.objects.filter(dossier=dossier, rule=rule, limit_on=wanted.limit_on).first()
    if known is None:
        wanted.save(force_insert=True)
    keep_nearest(dossier)
    return known or wanted


def unwritten(
    dossier: Dossier,
    rule: str,
    *,
    from_on: date,
    overrides: Overrides | None,
    label: str = "",
    consequence: str = "",
    limit_on: date | None = None,
    **conditions: Any,
) -> DossierLimit:
    """The limit as `add_limit` writes it, not yet written. overrides: the office's own law."""
    if limit_on is None:
        territory = dossier.office.territory
        found = law.limit(rule, from_on, territory=territory, overrides=overrides, **conditions)
        limit_on, label = found.work_on, label or found.label
    return DossierLimit(
        dossier=dossier,
        rule=rule,
        label=(label or law.rule(rule).title)[:120],
        consequence=consequence[:300],
        from_on=from_on,
        limit_on=limit_on,
    )


def keep_nearest(dossier: Dossier) -> None:
    """The dossier's own column, read by lists: its nearest limit still open."""
    nearest = dossier.limits.filter(closed_on=None).aggregate(day=Min("limit_on"))["day"]
    Dossier.objects.filter(pk=dossier.pk).update(limit_on=nearest)
    dossier.limit_on = nearest


def meet(
    dossier: Dossier, rule: str, *, on: date, actor: User | None, today: date, reason: str = ""
) -> list[DossierLimit]:
    """What was done on `on` meets the open limits of that rule (every one for ""); late ones ask a reason."""
    rows = dossier.limits.filter(closed_on=None)
    met = list(rows.filter(rule=rule) if rule else rows)
    for one in met:
        close_limit(one, on=on, met=True, actor=actor, today=today, reason=reason)
    return met


def close_limit(
    limit: DossierLimit, *, on: date, met: bool, actor: User | None, today: date, reason: str = ""
) -> None:
    """Close one limit. A late one, or one nobody met, is closed with a reason only (DomainError)."""
    late = is_late(limit.limit_on, on)
    note = add_note(limit.dossier.account, reason, actor=actor)
    if note is None and (late or not met):
        raise DomainError(
            "late_limit_needs_reason",
            f"La limite du {limit.limit_on:%d/%m/%Y} ({limit.rule}, {limit.label.lower()}) "
            f"{'est dépassée' if late else 'n’est pas tenue'} : indiquez pourquoi. Rien n’a été enregistré.",
        )
    changed = DossierLimit.objects.filter(pk=limit.pk, closed_on=None).update(
        met_on=on if met else None, closed_on=today, reason=note
    )
    if not changed:
        raise DomainError("limit_closed", "Cette limite est déjà close. Rien n’a été enregistré.")
    keep_nearest(limit.dossier)
    if late or not met:
        data = {"rule": limit.rule, "limit_on": limit.limit_on.isoformat()}
        tell(limit.dossier, "limit_missed", actor=actor, today=today, note=note, data=data)
