"""Whatever sources tell a history, in any order, split and overlapping, the ledger holds it once.

What the ledger lacks or holds too much is, for each debtor, money that waits « à rapprocher ».
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from datetime import date

import pytest
from django.db import transaction
from django.db.models import Sum

from amiable.bank.models import BankTransaction
from amiable.domain.errors import DomainError
from amiable.intake.models import ToldRow
from amiable.intake.services import import_list
from amiable.ledger.models import Entry
from tests import factories

from . import histories
from .histories import DEBTORS, History

TODAY = date(2026, 11, 29)
#: AMIABLE_HISTORIES=10000 draws as many, from the seed of AMIABLE_HISTORIES_FROM on.
COUNT = int(os.environ.get("AMIABLE_HISTORIES") or 300)
BEGIN = int(os.environ.get("AMIABLE_HISTORIES_FROM") or 0)
#: Parts of the draw, so that workers share it.
SHARES = 6
#: At least this share of the histories leaves an officer nothing to say: waiting is no way out.
SETTLED = 0.4
_PLACE = re.compile(r"EV(\d{3})")


class Undo(Exception):
    """Leaves the database as it was."""


@pytest.fixture
def office(db):
    office = factories.office()
    for ref, name in DEBTORS:
        last, first = name.split()
        factories.account(office, ref, person=factories.person(office, last_name=last, first_name=first))
    return office


def tell(office, history: History) -> None:
    for kind, name, data in history.files:
        try:
            report = import_list(
                office=office, list_kind=kind, data=data, filename=name, actor=None, today=TODAY
            )
        except DomainError as refused:
            assert refused.code == "intake.same_file", f"{name}: {refused.message_fr}"
            continue
        told = report.as_json()["told"]
        assert report.rejected == 0, report.errors
        assert told["rows"] == report.accepted + report.duplicates + report.waiting


def waiting(history: History) -> dict[int, set[int]]:
    """Debtor -> places of events of which a telling waits."""
    texts = [row.label for row in BankTransaction.objects.filter(status="to_match")]
    texts += [row.row["text"] for row in ToldRow.objects.filter(status="waits")]
    found: dict[int, set[int]] = defaultdict(set)
    for place in (int(seen.group(1)) for text in texts if (seen := _PLACE.search(text))):
        # A bank's fee told apart bears no place: it is nobody's, and explains nothing.
        found[history.events[place].debtor].add(place)
    return found


def explained(gap: int, sums: list[int]) -> bool:
    """Whether some of these sums, each at most once, make the gap."""
    reached = {0}
    for one in sums:
        reached |= {held + one for held in reached}
    return gap in reached


def check(office, seed: int) -> bool:
    """Tell one history and compare; whether it left an officer nothing to say."""
    history = histories.draw(seed)
    tell(office, history)
    rows = Entry.objects.values_list("account__ref").annotate(s=Sum("amount_cents"))
    held, waits = dict(rows), waiting(history)
    for debtor, (ref, _) in enumerate(DEBTORS):
        gap = history.owed(debtor) - held.get(ref, 0)
        sums = [-history.events[place].cents for place in sorted(waits[debtor])]
        assert explained(gap, sums), f"seed {seed}, {ref}: {gap} unexplained, waiting {sums}"
    return not any(waits.values())


@pytest.mark.parametrize("share", range(SHARES))
def test_the_ledger_is_the_truth_or_says_what_is_missing(office, share):
    seeds = range(BEGIN + share, BEGIN + COUNT, SHARES)
    settled = 0
    for seed in seeds:
        try:
            with transaction.atomic():
                settled += check(office, seed)
                raise Undo
        except Undo:
            pass
    print(f"{settled} of {len(seeds)} histories leave an officer nothing to say")
    assert settled >= SETTLED * len(seeds)
