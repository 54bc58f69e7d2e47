"""What the calendar reads here: the limits that are kept, and the prescriptions the engine computes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from amiable.domain.creditors import kinds
from amiable.limits.lifecycle import RUNNING, State
from amiable.limits.models import Limit
from amiable.positions.models import AccountPosition

#: How far a prescription is shown ahead: an interruption takes time.
ALARM_DAYS = 180


def stored(today: date) -> QuerySet[Any]:
    """Every limit that runs; one that is suspended has no last day."""
    return Limit.objects.filter(state=State.OPEN).annotate(
        account_ref=F("account_id"),
        agency_ref=F("account__agency_id"),
        officer_ref=F("account__officer_id"),
        day=F("limit_on"),
        law_rule=F("rule"),
        case_ref=F("case_id"),
    )


def computed(column: str, rule: Any) -> QuerySet[Any]:
    """The limits the engine keeps in a column of positions, save those kept here: running, or met since."""
    kept = Limit.objects.filter(account_id=OuterRef("account_id"), rule=OuterRef("law_rule"))
    answered = Q(state__in=RUNNING) | Q(state=State.MET, limit_on__gte=OuterRef("day"))
    rows = AccountPosition.objects.filter(**{f"{column}__isnull": False}).annotate(
        account_ref=F("account_id"),
        agency_ref=F("account__agency_id"),
        officer_ref=F("account__officer_id"),
        day=F(column),
        law_rule=rule,
        case_ref=Value(None, BigIntegerField()),
    )
    return rows.filter(~Exists(kept.filter(answered)))


def prescriptions(today: date) -> QuerySet[Any]:
    """The oldest unpaid item prescribes soon, by the rule of its nature; once prescribed it is no limit but a
    state. A projection of the ledger and of the diary's interruptions (docs/adr/0017)."""
    soon = Q(prescribes_on__gte=today, prescribes_on__lte=today + timedelta(days=ALARM_DAYS))
    return computed("prescribes_on", _rule_of_nature()).filter(soon, overdue_cents__gt=0)


def _rule_of_nature() -> Case:
    told = (
        When(office__kind=kind.code, account__nature=code, then=Value(nature.prescription_rule))
        for kind in kinds().values()
        for code, nature in kind.natures.items()
    )
    return Case(*told, default=Value(""), output_field=CharField())
