"""A list that says « soldé » where the ledger says 2 000 EUR: nobody is written to until somebody looked."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.accounts.models import Account
from amiable.demo.bank import cfonb120
from amiable.diary.models import Task
from amiable.diary.services import answer_task
from amiable.intake.services import import_list
from amiable.outreach import checks
from amiable.outreach.models import Batch, BatchLine
from amiable.positions import services
from amiable.positions.models import AccountPosition
from amiable.procedures.in_force import load_book
from amiable.procedures.services import install_defaults
from tests import factories

pytestmark = pytest.mark.django_db
TODAY, CLOSED = date(2026, 11, 20), date(2026, 11, 15)


@pytest.fixture
def account() -> Account:
    office = factories.office()
    install_defaults(office=office, today=date(2024, 1, 1))
    account = factories.account(office, "L000001", officer=factories.user(office))
    factories.debit(account, date(2026, 11, 1), 200_000, due_on=date(2026, 11, 5))
    take(account, "bank", cfonb120((), 0, TODAY, TODAY))
    return account


def take(account: Account, kind: str, data: bytes) -> None:
    import_list(
        office=account.office, list_kind=kind, data=data, filename=f"{kind}.csv", actor=None, today=TODAY
    )


def says(account: Account, balance: str, closed: date = CLOSED) -> None:
    take(account, "snapshot", f"compte;solde;date_arrete\nL000001;{balance};{closed}\n".encode())


def held_by(account: Account) -> str | None:
    services.refresh(office=account.office, as_of=TODAY, ids=[account.pk])
    return AccountPosition.objects.get(account=account).held_by


def test_it_holds_the_dispatch_and_says_why_everywhere(account: Account) -> None:
    assert held_by(account) is None
    says(account, "0,00")
    assert held_by(account) == "list_gap"
    row = AccountPosition.objects.get(account=account)
    # On the fiche, in the day (« Sans suite, à décider ») and at the departure of a batch.
    assert row.next_step is None and row.queue == "undecided"
    assert "15/11/2026" in row.why and "2 000,00" in row.why.replace("\u202f", " ").replace("\xa0", " ")
    batch = Batch(office=account.office, procedure_code="standard", step="relance_1", on=TODAY)
    line = BatchLine(batch=batch, account=account, prepared_balance_cents=200_000)
    held = checks.held_back(account.office, [line], load_book(account.office, TODAY), TODAY)
    assert held[account.pk] == ("held", "en attente : écart avec la liste de contrôle")
    # The work is somebody's: their answer lets the reminders go.
    (task,) = Task.objects.filter(account=account)
    assert task.code == "list_gap" and task.assignee == account.officer
    answer_task(task=task, answer="La liste est fausse.", actor=account.officer, today=TODAY)
    assert held_by(account) is None


def test_a_piece_that_was_missing_or_another_list_ends_it(account: Account) -> None:
    says(account, "0,00")
    says(account, "2000,00", date(2026, 11, 16))
    assert held_by(account) is None
    says(account, "0,00", date(2026, 11, 17))
    assert held_by(account) == "list_gap"
    factories.payment(account, date(2026, 11, 12), 200_000)
    factories.debit(account, date(2026, 11, 18), 200_000, due_on=date(2026, 11, 18))
    assert held_by(account) is None


def test_a_list_that_still_claims_something_holds_nobody(account: Account) -> None:
    says(account, "1500,00")
    assert held_by(account) is None and not Task.objects.exists()
