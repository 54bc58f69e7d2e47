"""Nobody in credit on one account is chased on another: an officer proposes the imputation."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.ledger.facts import read_ledger
from amiable.positions import facts, services
from amiable.positions.models import AccountPosition
from amiable.positions.person_credit import person_credit
from amiable.procedures import services as procedures
from tests.factories import account, debit, office, payment, person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)


@pytest.fixture
def treasury():
    made = office("tresorerie", kind="local_accountant")
    procedures.install_defaults(office=made, today=date(2026, 1, 1))
    return made


def titre(of, holder, nature: str, cents: int, paid: int = 0, due: date = date(2026, 9, 10)):
    made = account(of, person=holder, nature=nature)
    debit(made, due, cents, kind=EntryKind.TITRE)
    if paid:
        payment(made, due + timedelta(days=1), paid)
    return made


def test_a_titre_paid_then_cancelled_and_made_anew(treasury):
    """The wrong titre of 38,73 was paid, then cancelled; the right one of 32,73 is not chased."""
    kern = person(treasury, "Kern", "Jean")
    wrong = titre(treasury, kern, "hopital", 3873, paid=3873)
    payment(wrong, date(2026, 9, 20), 3873, kind=EntryKind.ANNULATION)
    right = titre(treasury, kern, "hopital", 3273)
    other = titre(treasury, person(treasury, "Petit", "Ada"), "hopital", 3273)
    services.refresh(office=treasury, as_of=TODAY)
    found = {row.account_id: row for row in AccountPosition.objects.all()}
    assert found[wrong.pk].balance_cents == -3873
    assert (found[right.pk].next_step, found[right.pk].held_by) == (None, "person_credit")
    assert "imputer_excedent" in found[right.pk].duties and wrong.ref in found[right.pk].duties
    assert found[right.pk].queue == "step" and found[other.pk].next_step == "relance"
    # Once imputed, what is left is chased again, or nothing is.
    debit(wrong, TODAY, 3873, kind=EntryKind.REMBOURSEMENT)
    payment(right, TODAY, 3273)
    services.refresh(office=treasury, as_of=TODAY, ids=[right.pk])
    assert AccountPosition.objects.get(pk=right.pk).held_by is None


@pytest.mark.parametrize("named", [10_000, 0], ids=["by name", "as a range"])
def test_the_credit_is_that_of_the_other_accounts_of_the_holder(treasury, monkeypatch, named: int):
    """Random persons and accounts against a naive reading of the same balances."""
    monkeypatch.setattr("amiable.positions.person_credit.MAX_IDS", named)
    draw = random.Random(7)
    holders = [person(treasury) for _ in range(6)]
    made = {}
    for _ in range(18):
        holder, cents = draw.choice(holders), draw.randrange(100, 9000)
        paid = draw.choice([0, cents, cents + draw.randrange(1, 500)])
        made[titre(treasury, holder, draw.choice(["cantine", "hopital"]), cents, paid)] = cents - paid
    ledger = read_ledger(treasury.pk, [each.pk for each in made])
    told = person_credit(ledger.accounts, treasury.pk, TODAY)
    got = dict(told.select("account_id", "person_credit_cents").iter_rows())
    for one in made:
        others = [cents for each, cents in made.items() if each.person_id == one.person_id and each != one]
        assert got.get(one.pk, 0) == sum(-cents for cents in others if cents < 0)
    frame = facts.frame(office=treasury, as_of=TODAY, ids=[each.pk for each in made])
    decided = facts.rules(treasury, TODAY).book.decide(frame, TODAY)
    for row in decided.iter_rows(named=True):
        assert not (got.get(row["account_id"]) and row["next_step"]), row
