"""What happened and what is awaited in the cases of an account, in the order of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from amiable.accounts.models import Account
from amiable.cases.kinds import kind_of
from amiable.cases.lifecycle import cases_of
from amiable.cases.models import Dossier, DossierEvent
from amiable.domain.cases.event import OFFICE
from amiable.domain.cases.family import STAGE_LABELS

#: How an event of the kind is told in the diary of a case.
SAID = "answer:"


@dataclass(frozen=True)
class Moment:
    """what: event (something happened), limit (its last day), limit_over (met, or closed with a reason).
    code: the event's, or the rule of the limit. by: who it came from; empty for a limit."""

    on: date
    case: str
    kind: str
    what: str
    code: str
    label_fr: str
    by: str = ""
    document_id: int | None = None


def timeline(account: Account) -> list[Moment]:
    """Every case that covers the account, oldest first."""
    found: list[Moment] = []
    for case in cases_of(account).order_by("pk"):
        found += [_event(case, one) for one in case.events.order_by("on", "pk")]
        for limit in case.limits.order_by("limit_on", "pk"):
            over = limit.met_on or limit.closed_on
            what = "limit_over" if over else "limit"
            found.append(Moment(over or limit.limit_on, str(case), case.kind, what, limit.rule, limit.label))
    return sorted(found, key=lambda one: one.on)


def _event(case: Dossier, one: DossierEvent) -> Moment:
    code, label, by = one.event, STAGE_LABELS.get(one.event, one.event), OFFICE
    if code.startswith(SAID):
        event = kind_of(case.kind).event(code.removeprefix(SAID))
        code, label, by = event.code, event.label_fr, event.by
    return Moment(one.on, str(case), case.kind, "event", code, label, by, one.document_id)
