"""The statement of each part of an account in surendettement, at any date; the history of part B alone."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.accounts.models import Account
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.ledger.frozen_parts import b_movements, split_of
from amiable.outreach.statement import history
from tests.factories import account, debit, office, payment, terms

SPLIT = date(2026, 10, 15)
TODAY = date(2026, 12, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def fontaine() -> Account:
    """Rent 270 + charges 30. September half paid, October unpaid, recevable on 15 October; then 300 in
    November, of which 20 go to an instalment of the measures, and December unpaid."""
    found = account(office(), split_on=SPLIT)
    terms(found, rent=27000, charges=3000)
    debit(found, date(2026, 9, 5), 30000)
    october = debit(found, date(2026, 10, 5), 30000)
    debit(found, date(2026, 10, 10), 4500, kind=K.FRAIS, period=None)
    payment(found, date(2026, 9, 20), 15000)
    debit(found, date(2026, 11, 5), 30000)
    payment(found, date(2026, 11, 6), 30000)
    payment(found, date(2026, 11, 20), 2000, kind=K.REECHELONNEMENT, reverses=october)
    debit(found, date(2026, 11, 20), 2000, kind=K.ECHEANCE, due_on=date(2026, 12, 1), period=None)
    payment(found, date(2026, 12, 1), 2000)
    debit(found, date(2026, 12, 5), 30000)
    return found


def test_the_declaration_is_what_was_owed_on_the_day_of_the_recevabilite(fontaine):
    told = split_of(fontaine, SPLIT)
    assert [(item.due_on.day, item.rest_cents) for item in told.a.items] == [
        (5, 15000),
        (5, 30000),
        (10, 4500),
    ]
    assert (told.a.principal_cents, told.a.charges_cents, told.a.fees_cents) == (40500, 4500, 4500)
    assert told.b.items == ()


def test_both_parts_and_the_waiting_credit_make_the_balance(fontaine):
    told = split_of(fontaine, TODAY)
    assert (told.a.total_cents, told.b.total_cents, told.unused_cents) == (47500, 30000, 0)
    assert told.balance_cents == sum(fontaine.entries.values_list("amount_cents", flat=True))


def test_a_statement_can_be_asked_for_a_recevabilite_not_entered_yet(fontaine):
    told = split_of(fontaine, TODAY, split_on=date(2026, 11, 5))
    assert {item.due_on.month for item in told.a.items} == {9, 10, 11}
    # The payment of November, received after, waited for what was due later.
    assert told.b.items == ()


@pytest.mark.parametrize("on", [SPLIT, date(2026, 11, 30), date(2026, 12, 1), TODAY])
def test_the_history_of_part_b_adds_up_to_its_balance(fontaine, on):
    assert sum(one.cents for one in b_movements(fontaine, on)) == split_of(fontaine, on).b_balance_cents


def test_a_history_never_tells_what_was_due_before(fontaine):
    rows = history(fontaine, TODAY)["rows"]
    assert [row[:2] for row in rows] == [
        ["05/11/2026", "Loyer et charges de novembre 2026"],
        ["06/11/2026", "Encaissement"],
        ["01/12/2026", "Encaissement"],
        ["05/12/2026", "Loyer et charges de décembre 2026"],
        ["20/12/2026", "Versements affectés aux mesures de surendettement"],
    ]


def test_a_credit_that_had_paid_nothing_opens_the_history(fontaine):
    payment(fontaine, date(2026, 10, 6), 60000)
    assert split_of(fontaine, TODAY).surplus_cents == 2000
    moved = b_movements(fontaine, TODAY)
    assert (moved[0].on, moved[0].code, moved[0].cents) == (SPLIT, "carried", -10500)
