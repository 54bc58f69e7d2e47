"""What time has taken is a state: not asked, not written, until an act that interrupted it is entered."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.diary.interruptions import record_interruption
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.outreach.statement import owed_items, unpaid_items
from amiable.positions import queries, services
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)
#: Kind of creditor, nature, first day on which a claim of 10 January 2019 is prescribed.
CLAIMS = [
    ("local_accountant", "amende", date(2022, 1, 11)),
    ("local_accountant", "hopital", date(2023, 1, 11)),
    ("landlord", "loyer", date(2022, 1, 11)),
]


def claim(kind: str, nature: str):
    office = factories.office(kind=kind)
    install_defaults(office=office, today=date(2020, 1, 1))
    account = factories.account(office, "A19", nature=nature)
    factories.debit(account, date(2019, 1, 10), 31000, kind=_kind(nature), due_on=date(2019, 1, 10))
    return account


def _kind(nature: str) -> EntryKind:
    return EntryKind.QUITTANCE if nature == "loyer" else EntryKind.TITRE


def position(account) -> AccountPosition:
    services.refresh(office=account.office, as_of=TODAY)
    assert list(services.differences(account.office, TODAY)) == []
    return AccountPosition.objects.get(account=account)


@pytest.mark.parametrize(("kind", "nature", "since"), CLAIMS)
def test_a_claim_of_2019_is_reminded_by_nobody_and_decided_by_somebody(kind, nature, since):
    account = claim(kind, nature)
    row = position(account)
    assert (row.overdue_cents, row.prescribed_cents, row.actionable_cents) == (31000, 31000, 0)
    assert (row.prescribed_on, row.prescribes_on) == (since, None)
    assert (row.next_step, row.held_by, row.queue) == (None, "prescribed", "undecided")
    assert row.why.endswith("sauf acte interruptif à saisir") and f"{since:%d/%m/%Y}" in row.why
    assert unpaid_items([account], TODAY)[account.pk] == []
    assert [item.is_prescribed for item in owed_items([account], TODAY)[account.pk]] == [True]
    _, told = queries.explain(account=account, as_of=TODAY)
    assert "sauf acte interruptif à saisir" in told.held_fr
    assert "pas de prescription" not in str(told.as_dict())


@pytest.mark.parametrize(("kind", "nature", "since"), CLAIMS)
def test_an_act_done_in_time_brings_it_back_one_too_late_does_not(kind, nature, since):
    account = claim(kind, nature)
    late = {"act": "acknowledgement", "actor": None, "today": TODAY}
    record_interruption(account=account, on=since, **late)
    assert position(account).held_by == "prescribed"
    for on in (date(2021, 6, 1), date(2024, 1, 15)):
        record_interruption(account=account, on=on, **late)
    row = position(account)
    assert (row.prescribed_cents, row.actionable_cents, row.prescribed_on) == (0, 31000, None)
    assert row.held_by is None and (row.next_step or row.duty_lane)
    assert [item.rest_cents for item in unpaid_items([account], TODAY)[account.pk]] == [31000]


def test_what_is_new_is_followed_at_its_own_age_and_the_letter_asks_for_it_alone():
    account = claim("landlord", "loyer")
    factories.debit(account, date(2026, 11, 1), 40000, due_on=date(2026, 11, 20))
    row = position(account)
    assert (row.overdue_cents, row.actionable_cents, row.unpaid_terms) == (71000, 40000, 1)
    assert (row.next_step, row.why.endswith("9\N{NO-BREAK SPACE}jours de retard")) == ("relance_1", True)
    items = unpaid_items([account], TODAY)[account.pk]
    assert sum(item.rest_cents for item in items) == row.actionable_cents
