"""One account of one officer, in an office whose clock stands on 22 November 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from amiable.accounts.models import Account
from amiable.core.models import Agency, Office, User
from tests import factories

TODAY = date(2026, 11, 22)


@dataclass
class Desk:
    """An officer at work on one account that owes 600,00 € since 5 November."""

    office: Office
    agency: Agency
    officer: User
    account: Account
    today: date = TODAY


@pytest.fixture
def desk(db: None) -> Desk:
    office = factories.office()
    agency = factories.agency(office)
    officer = factories.user(office, "officer", agency, first_name="Claire", last_name="Morel")
    account = factories.account(office, "C0012345", agency=agency, officer=officer)
    factories.terms(account)
    factories.debit(account, date(2026, 11, 5), 60000)
    factories.contact(account.person)
    return Desk(office, agency, officer, account)
