"""An office with an agency, an officer, a head, and homes whose coordinates are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import uuid4

import pytest

from amiable.accounts.models import Account
from amiable.core.clock import PARIS
from amiable.core.models import Agency, Office, User
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from amiable.visits import geocoding, services
from amiable.visits.models import Report, Visit
from tests import factories

TODAY = date(2026, 11, 24)
NOW = datetime.combine(TODAY, time(16, 0), PARIS)
#: The agency, three homes, one town's centre.
PLACES = """adresse;code_postal;ville;latitude;longitude
4 quai des Mariniers;45990;Deux-Rives;47,9000;1,9000
1 rue du Bac;45990;Deux-Rives;47.9050;1.9100
2 rue du Bac;45990;Deux-Rives;47.9055;1.9110
3 rue des Vignes;45990;Deux-Rives;47.8900;1.8800
;45991;Saint-Aubin;47.9500;1.9500
"""


@dataclass
class Desk:
    office: Office
    agency: Agency
    officer: User
    head: User

    def account(self, ref: str, street: str, city: str = "Deux-Rives", postcode: str = "45990") -> Account:
        made = factories.account(self.office, ref, agency=self.agency, officer=self.officer)
        Account.objects.filter(pk=made.pk).update(address=street, postcode=postcode, city=city)
        made.refresh_from_db()
        for month in (9, 10):
            factories.debit(made, date(2026, month, 1), 30_000)
        positions.refresh(office=self.office, as_of=TODAY, ids=[made.pk])
        return made

    def accepted(self, account: Account, **more: object) -> Visit:
        values = {"minutes": 30, "actor": self.officer, "today": TODAY} | more
        return services.accept(account=account, **values)  # type: ignore[arg-type]

    def reported(self, visit: Visit, outcome: str = "absent", **more: object) -> Report:
        values = {"uuid": uuid4(), "visited_at": NOW, "actor": self.officer, "now": NOW} | more
        found = values.pop("found", None) or services.Findings(outcome)
        return services.report(visit=visit, found=found, **values)  # type: ignore[arg-type]


@pytest.fixture
def desk(db: None) -> Desk:
    office = factories.office("deux-rives", name="Habitat des Deux Rives")
    install_defaults(office=office, today=date(2026, 1, 1))
    agency = factories.agency(office, "RIVE-GAUCHE")
    Agency.objects.filter(pk=agency.pk).update(address="4 quai des Mariniers\n45990 Deux-Rives")
    agency.refresh_from_db()
    officer = factories.user(office, User.Role.OFFICER, agency, name="officer")
    head = factories.user(office, User.Role.AGENCY_HEAD, agency, name="head")
    geocoding.import_places(office=office, data=PLACES.encode(), actor=head, today=TODAY)
    return Desk(office, agency, officer, head)
