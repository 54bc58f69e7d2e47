"""An alert of the bank stands until somebody answers it, never until it is old."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.diary.services import mark_step_done
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.positions.queries import explain
from amiable.procedures.in_force import load_book
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db
REJECTED = date(2025, 10, 8)
LATER = REJECTED + timedelta(days=400)


@pytest.fixture
def office() -> Office:
    office = factories.office()
    install_defaults(office=office, today=date(2024, 1, 1))
    return office


def owes(office: Office, reason: str) -> Account:
    account = factories.account(office)
    factories.debit(account, date(2025, 10, 1), 50_000, due_on=date(2025, 10, 5))
    rejects(account, reason, REJECTED)
    return account


def rejects(account: Account, reason: str, on: date) -> None:
    factories.debit(account, on, 10_000, kind=EntryKind.REJET, due_on=on, reason_code=reason)


def told(account: Account, on: date) -> tuple[str | None, str | None, list[str]]:
    row, _ = explain(account=account, as_of=on)
    due = [duty["code"] for duty in row["duties"] if duty["on"] <= on]
    return row["rejected_debit_reason"], row["next_step"], due


def test_every_reason_that_a_step_answers_stands_until_it_is_answered(office: Office) -> None:
    """A walk over the procedures in force: whatever reason they name, more than a year later."""
    answering = load_book(office, LATER).alert_step_codes
    assert {"MD07", "MD06", "MD01"} <= set(answering)
    for reason, steps in answering.items():
        account = owes(office, reason)
        found, next_step, due = told(account, LATER)
        assert found == reason and {next_step, *due} & set(steps), reason
        mark_step_done(account=account, step=steps[0], actor=None, today=LATER)
        found, next_step, due = told(account, LATER)
        assert found is None and not {next_step, *due} & set(steps), reason
        # The next one is another alert, whatever was done for this one.
        rejects(account, reason, LATER + timedelta(days=10))
        found, next_step, due = told(account, LATER + timedelta(days=80))
        assert found == reason and {next_step, *due} & set(steps), reason


def test_a_deceased_tenant_is_not_dunned_after_a_while(office: Office) -> None:
    account = owes(office, "MD07")
    # A later rejet for want of money hides nothing.
    rejects(account, "AM04", REJECTED + timedelta(days=30))
    for days in (1, 44, 46, 90, 400):
        on = REJECTED + timedelta(days=days)
        reason, contact, due = told(account, on)
        assert (reason, contact) == ("MD07", None) and "deces_signale" in due, days


def test_a_reason_nobody_has_to_answer_grows_old(office: Office) -> None:
    account = owes(office, "AM04")
    assert told(account, REJECTED + timedelta(days=45))[0] == "AM04"
    assert told(account, REJECTED + timedelta(days=46))[0] is None
