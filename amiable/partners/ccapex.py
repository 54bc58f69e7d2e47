"""When the CCAPEX was seized, and from which day an assignation is possible: the hard block of LIT-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from amiable.accounts.models import Account
from amiable.cases.lifecycle import cases_of
from amiable.core.law_overrides import in_force
from amiable.correspondence.models import Document
from amiable.diary.done import accomplished
from amiable.domain import law
from amiable.domain.cases.family import ABANDONED
from amiable.positions.models import AccountPosition

#: The steps that say, without a dossier here, that it was done on the partner's own site.
_SEIZURE, _SIGNALEMENT = "saisine_ccapex", "signalement_caf"


@dataclass(frozen=True)
class Seizure:
    """on: the day that counts, that of the receipt once it is known, else of the sending; rule: LIT-01
    (seized) or LIT-02 (deemed seized by the caisse's signalement).
    proof: the receipt kept, None when there is none."""

    on: date
    rule: str
    reference: str = ""
    proof: Document | None = None


def seizure_of(account: Account, today: date, since: date | None = None) -> Seizure | None:
    """The earliest seizure of the spell of debt, by the office or deemed by the caisse (LIT-02).

    since: first day of that spell when it is already known (a past day recomputed); else the current one."""
    both = _seized(account, today, since), seizure_by_caf(account, today, since)
    found = [one for one in both if one is not None]
    return min(found, key=lambda one: (one.on, one.rule)) if found else None


def _seized(account: Account, today: date, since: date | None) -> Seizure | None:
    return _told(account, today, "ccapex", _SEIZURE, "LIT-01", since)


def seizure_by_caf(account: Account, today: date, since: date | None = None) -> Seizure | None:
    """Arrears that persist after the signalement to the caisse: the CCAPEX is deemed seized that day."""
    return _told(account, today, "caf", _SIGNALEMENT, "LIT-02", since)


def _told(
    account: Account, today: date, kind: str, step: str, rule: str, since: date | None
) -> Seizure | None:
    since = since or _spell(account)
    if since is None:
        return None
    rows = cases_of(account).filter(kind=kind, sent_on__gte=since, sent_on__lte=today)
    dossier = rows.exclude(stage=ABANDONED).order_by("sent_on", "pk").first()
    if dossier is not None and dossier.sent_on is not None:
        events = dossier.events.filter(event__in=["acknowledged", "sent"], document__isnull=False)
        proof = events.select_related("document").order_by("event", "pk").first()
        received_on = dossier.acknowledged_on
        on = received_on if received_on is not None and received_on <= today else dossier.sent_on
        return Seizure(on, rule, dossier.reference, proof.document if proof else None)
    line = accomplished(today).filter(account=account, step=step, on__gte=since)
    first = line.exclude(kind="step_skipped").order_by("on", "pk").select_related("document").first()
    return Seizure(first.on, rule, proof=first.document) if first else None


def _spell(account: Account) -> date | None:
    """First day of the current spell of debt; None when nothing is owed."""
    position = AccountPosition.objects.filter(pk=account.pk).first()
    if position is None or not position.overdue_cents:
        return None
    days = [day for day in (position.first_default_on, position.oldest_unpaid_on) if day is not None]
    return min(days, default=None)


def earliest_assignation_on(account: Account, today: date, since: date | None = None) -> date | None:
    """The first day on which an assignation is admissible (LIT-01); None: the CCAPEX is not seized, so never.

    The assignation is barred until the delay has run out, local holidays included: it opens the day after."""
    seized = seizure_of(account, today, since)
    if seized is None:
        return None
    found = law.limit(
        "LIT-01",
        seized.on,
        territory=account.office.territory,
        overrides=in_force(account.office),
    )
    return found.first_day


def is_barred(account: Account, on: date, today: date) -> bool:
    """Whether an assignation on that day would be inadmissible."""
    earliest = earliest_assignation_on(account, today)
    return earliest is None or on < earliest
