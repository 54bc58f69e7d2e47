"""One officer, one account that owes 600,00 €, and a household of two described."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from amiable.accounts.models import Account
from amiable.core.models import Agency, Office, User
from amiable.domain.household.budget import Housing, Line, Situation
from amiable.domain.household.people import CHILD, HOLDER, Member
from amiable.household.services import Told
from tests import factories

TODAY = date(2026, 11, 22)
BUDGET = Situation(
    members=(Member(HOLDER, 41), Member(CHILD, 9)),
    resources=(Line("salary", 150_000, date(2026, 11, 2)),),
    housing=Housing(52_000, 8_000, 25_000),
    charges=(Line("energy", 9_500, date(2026, 10, 20)),),
)


@dataclass
class Desk:
    office: Office
    agency: Agency
    officer: User
    account: Account
    today: date = TODAY

    def told(self, **more: object) -> Told:
        return Told(**({"situation": BUDGET, "cause": "unemployment", "stance": "agrees"} | more))


@pytest.fixture
def desk(db: None) -> Desk:
    office = factories.office()
    agency = factories.agency(office)
    officer = factories.user(office, "officer", agency, first_name="Claire", last_name="Morel")
    account = factories.account(office, "C0012345", agency=agency, officer=officer)
    factories.terms(account)
    factories.debit(account, date(2026, 11, 5), 60_000)
    factories.position(account, TODAY, overdue=60_000)
    factories.contact(account.person)
    return Desk(office, agency, officer, account)
