"""An office, its officer and its head, and a tenant two rents late: what every test of plans begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pytest

from amiable.accounts.models import Account
from amiable.core.clock import PARIS
from amiable.core.models import Agency, Office, User
from amiable.domain.plans.schedule import Asked
from amiable.nightly import services as nightly
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories

#: Rents of 300,00 € are due on the first; September and October are not paid: 600,00 € owed.
TODAY = date(2026, 11, 12)
DEBT = 60_000


@dataclass
class Desk:
    """Where the tests of plans happen."""

    office: Office
    agency: Agency
    officer: User
    head: User
    account: Account

    def asked(self, **changes: object) -> Asked:
        values = {"debt_cents": DEBT, "starts_on": date(2026, 12, 10), "months": 6} | changes
        return Asked(**values)  # type: ignore[arg-type]

    def drawn(self, **changes: object) -> PlanVersion:
        return plans.draw_up(
            accounts=[self.account],
            asked=self.asked(**changes),
            statement_on=TODAY,
            capacity_cents=12_000,
            actor=self.officer,
            today=TODAY,
        )

    def signed(self, **changes: object) -> PlanVersion:
        """A plan of six instalments of 100,00 €, from 10 December, signed at the desk on 12 November."""
        version = plans.submit(version=self.drawn(**changes), actor=self.officer, today=TODAY)
        version = plans.ready_to_sign(version=version, actor=self.officer, now=noon(TODAY))
        return plans.sign_electronically(
            version=version,
            typed_name="Samira Durand",
            consents=True,
            sha256=version.document.sha256,
            actor=self.officer,
            now=noon(TODAY),
        )

    def rent(self, *months: date) -> None:
        """The rent of those months, due on the first."""
        for month in months:
            factories.debit(self.account, month, 30_000)

    def pay(self, on: date, cents: int) -> None:
        factories.payment(self.account, on, cents)

    def night(self, as_of: date) -> None:
        """The whole night of that day."""
        nightly.run(office=self.office, as_of=as_of, now=noon(as_of))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), PARIS)


@pytest.fixture
def desk(db: None) -> Desk:
    office = factories.office(
        "deux-rives",
        name="Habitat des Deux Rives",
        address="1 place du Bailleur\n69001 Lyon",
        phone="01 99 00 12 34",
        email="contact@deux-rives.exemple.fr",
        signatory="N. Garnier, responsable de service",
        payment_means="virement, chèque, carte bancaire à l’agence",
        payment_iban="FR0000000000000000000000000",
    )
    agency = factories.agency(office, "A1")
    officer = factories.user(office, User.Role.OFFICER, agency, name="morel")
    head = factories.user(office, User.Role.AGENCY_HEAD, agency, name="petit")
    account = factories.account(office, "C0000001", agency=agency, officer=officer)
    factories.terms(account)
    for month in (9, 10, 11):
        factories.debit(account, date(2026, month, 1), 30_000)
    factories.payment(account, date(2026, 11, 5), 30_000)
    install_defaults(office=office, today=date(2026, 1, 1))
    positions.refresh(office=office, as_of=TODAY)
    return Desk(office, agency, officer, head, account)
