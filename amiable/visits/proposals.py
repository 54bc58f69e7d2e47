"""Visits the procedure proposes: read from the positions, with the conditions that hold, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.decision.facts import FACTS
from amiable.ledger.facts import read_ledger
from amiable.positions.facts import facts_of, rules
from amiable.positions.models import AccountPosition

#: The step of the procedures (amiable/procedures/profiles) that proposes a visit.
STEP = "visite"


def proposals(user: User, today: date) -> QuerySet[AccountPosition]:
    """The accounts whose next step, due by now, is a visit; the most urgent first."""
    rows = AccountPosition.objects.filter(next_step=STEP, next_step_on__lte=today)
    related = rows.select_related("account__person", "account__agency", "account__officer", "account__office")
    return scope(related, user).order_by("-priority", "account_id")


def reasons_of(positions: Sequence[AccountPosition], today: date) -> dict[int, tuple[str, ...]]:
    """account_id -> the facts for which the step holds, with the account's own numbers.

    The positions are of one office. The facts are read once for all of them, each is explained on its row."""
    if not positions:
        return {}
    office = positions[0].account.office
    known = rules(office, today)
    frame = facts_of(read_ledger(office.pk, [position.pk for position in positions]), known)
    found = {}
    for row in frame.iter_slices(1):
        steps = known.book.explain(row, today).steps
        told = next((step.holding for step in steps if step.code == STEP), ())
        found[row.get_column("account_id").item()] = _told(told)
    return found


def _told(sentences: Sequence[str]) -> tuple[str, ...]:
    """Each fact once, without the thresholds: several ways of the step may ask for the same one. That the
    person lives there and that no visit is decided go without saying."""
    plain = (FACTS["status"].label_fr, FACTS["visit_decided"].no_fr)
    words = (sentence.partition(", seuil")[0] for sentence in sentences)
    return tuple(dict.fromkeys(word for word in words if not word.startswith(plain)))
