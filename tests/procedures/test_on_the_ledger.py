"""The book on real accounts: ledger, diary and decision together, a case lived, paid, and begun again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.diary.models import DiaryEntry, Hold
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.positions import facts as position_facts
from amiable.positions.queries import explain
from amiable.procedures import services
from amiable.procedures.in_force import load_book
from tests import factories

pytestmark = pytest.mark.django_db
DUE_ON = date(2026, 9, 5)


@pytest.fixture
def office() -> Office:
    made = factories.office()
    services.install_defaults(office=made, today=date(2026, 1, 1))
    return made


@pytest.fixture
def account(office: Office) -> Account:
    made = factories.account(office)
    factories.terms(made, rent=56000, charges=4000)
    return made


def decided(account: Account, on: date) -> dict:
    frame = position_facts.frame(office=account.office, as_of=on, ids=[account.pk])
    return load_book(account.office, on).decide(frame, on).row(0, named=True)


def do(account: Account, step: str, on: date) -> None:
    DiaryEntry.objects.create(
        office=account.office, account=account, kind=DiaryEntry.Kind.STEP_DONE, step=step, on=on
    )


def live(account: Account, start: date, days: int) -> list[tuple[int, str]]:
    """Each step done the day it is ready: (days since start, step)."""
    life = []
    for day in range(days + 1):
        on = start + timedelta(days=day)
        found = decided(account, on)
        if found["next_step_on"] == on:
            do(account, found["next_step"], on)
            life.append((day, found["next_step"]))
    return life


def test_a_case_lived_then_paid_then_begun_again(account: Account) -> None:
    factories.debit(account, DUE_ON, 60000)
    assert live(account, DUE_ON, 20) == [
        (8, "relance_1"),
        (11, "appel"),
        (15, "relance_2"),
        (18, "convocation"),
    ]
    paid_on = DUE_ON + timedelta(days=21)
    factories.payment(account, paid_on, 60000)
    assert decided(account, paid_on)["next_step"] is None
    # A new default is a new case: what was done before does not count.
    again = date(2026, 11, 5)
    factories.debit(account, again, 60000)
    assert live(account, again, 11) == [(8, "relance_1"), (11, "appel")]


def test_the_past_is_decided_as_it_stood(account: Account) -> None:
    factories.debit(account, DUE_ON, 60000)
    do(account, "relance_1", DUE_ON + timedelta(days=8))
    factories.payment(account, DUE_ON + timedelta(days=30), 60000)
    assert decided(account, DUE_ON + timedelta(days=8))["next_step"] == "appel"
    assert decided(account, DUE_ON + timedelta(days=7))["next_step"] == "relance_1"
    assert decided(account, DUE_ON + timedelta(days=30))["next_step"] is None


def test_a_hold_keeps_the_account_and_says_until_when(account: Account) -> None:
    factories.debit(account, DUE_ON, 60000)
    Hold.objects.create(
        account=account,
        kind="pause",
        reason="Dossier FSL",
        starts_on=DUE_ON,
        ends_on=DUE_ON + timedelta(days=40),
    )
    on = DUE_ON + timedelta(days=12)
    found = decided(account, on)
    assert (found["next_step"], found["held_by"]) == (None, "pause")
    assert found["review_on"] == DUE_ON + timedelta(days=41)
    told = explain(account=account, as_of=on)[1]
    assert told.held_by == "pause" and "15/10/2026" in told.changes[0]
    assert decided(account, DUE_ON + timedelta(days=41))["next_step"] == "relance_1"


def test_a_large_titre_goes_straight_to_the_mise_en_demeure() -> None:
    office = factories.office("valmont", kind="local_accountant")
    services.install_defaults(office=office, today=date(2026, 1, 1))
    large = factories.account(office, nature="divers", taken_charge_on=date(2026, 8, 1))
    factories.debit(large, date(2026, 8, 1), 1860000, kind=EntryKind.TITRE, due_on=DUE_ON)
    small = factories.account(office, nature="cantine", taken_charge_on=date(2026, 8, 1))
    factories.debit(small, date(2026, 8, 1), 3800, kind=EntryKind.TITRE, due_on=DUE_ON)
    on = DUE_ON + timedelta(days=10)
    assert decided(large, on)["next_step"] == "mise_en_demeure_directe"
    assert decided(small, on)["next_step"] == "relance"
