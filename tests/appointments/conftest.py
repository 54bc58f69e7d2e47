"""An agency where an officer receives on weekday mornings, and a tenant who owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pytest

from amiable.accounts.models import Account
from amiable.appointments.models import Hours
from amiable.core.models import Agency, Office, User
from amiable.domain.contact.slots import PARIS
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories

#: A Monday.
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)


@dataclass
class Desk:
    office: Office
    agency: Agency
    officer: User
    colleague: User
    account: Account


def opens(officer: User, agency: Agency) -> None:
    for weekday in range(5):
        Hours.objects.create(officer=officer, agency=agency, weekday=weekday, starts=time(9), ends=time(11))


@pytest.fixture
def desk(db, monkeypatch) -> Desk:
    monkeypatch.setenv("AMIABLE_TODAY", TODAY.isoformat())
    office = factories.office(
        address="1 place du Bailleur\n69001 Lyon", phone="01 99 00 00 00", email="contact@exemple.fr",
        signatory="N. Garnier", payment_means="Virement", payment_iban="FR0000000000000000000000000",
    )  # fmt: skip
    install_defaults(office=office, today=date(2026, 1, 1))
    agency = factories.agency(office)
    officer = factories.user(office, "officer", agency, name="morel", last_name="Morel")
    colleague = factories.user(office, "officer", agency, name="benali", last_name="Benali")
    opens(officer, agency)
    opens(colleague, agency)
    account = factories.account(office, "C0012345", agency=agency, officer=officer)
    factories.terms(account)
    factories.debit(account, date(2026, 11, 5), 60_000)
    factories.contact(account.person)
    factories.contact(account.person, "email", "tenant@exemple.fr")
    positions.refresh(office=office, as_of=TODAY)
    return Desk(office, agency, officer, colleague, account)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)
