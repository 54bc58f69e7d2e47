"""An office, its people, and a tenant in tiers payant: what every test of dossiers begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pytest

from amiable.accounts.models import Account
from amiable.cases import services
from amiable.core.clock import PARIS
from amiable.core.models import Agency, Office, User
from amiable.positions import services as positions
from amiable.positions.facts import frame, rules
from amiable.procedures.services import install_defaults
from tests import factories

#: 250,00 € left to the tenant each month (rent 280, charges 20, aid 50 paid to the landlord): the impayé is
#: constituted at 500,00 €, on 1 November; the signalement is due by 1 January 2027.
TODAY = date(2026, 11, 12)


@dataclass
class Desk:
    """Where the tests of dossiers happen."""

    office: Office
    agency: Agency
    officer: User
    social: User
    account: Account

    def refresh(self, day: date = TODAY) -> None:
        positions.refresh(office=self.office, as_of=day)


def propose(office: Office, day: date) -> int:
    """What the night opens, as it does: from the facts of the accounts."""
    known = rules(office, day)
    return services.propose(known, frame(office=office, as_of=day, known=known))


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
    agency = factories.agency(office)
    officer = factories.user(office, User.Role.OFFICER, agency, name="officer")
    social = factories.user(office, User.Role.SOCIAL_WORKER, name="social")
    install_defaults(office=office, today=date(2026, 1, 1))
    account = factories.account(office, "C0012345", agency=agency, officer=officer)
    factories.terms(account, aid=5_000, third_party=True)
    factories.debit(account, date(2026, 10, 1), 25_000, is_net=True)
    factories.debit(account, date(2026, 11, 1), 25_000, is_net=True)
    factories.contact(account.person)
    for kind, name in (
        ("caf", "CAF de la Loire-Haute"),
        ("ccapex", "CCAPEX de la Loire-Haute"),
        ("fsl", "FSL de la Loire-Haute"),
        ("action_logement", "Action Logement Services"),
    ):
        services.save_partner(
            office=office,
            kind=kind,
            code="421",
            name=name,
            address="5 rue des Aides\n42000 Valmont",
            actor=None,
        )
    made = Desk(office, agency, officer, social, account)
    made.refresh()
    return made
