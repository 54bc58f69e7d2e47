"""The demo shows each kind of dossier at each stage it can stand at, whatever the day it is loaded."""

from __future__ import annotations

from datetime import date

import pytest

from amiable.cases import services
from amiable.cases.kinds import of_office
from amiable.cases.models import Dossier
from amiable.core.models import Office, User
from amiable.demo.dossiers import save_partners
from amiable.demo.stages import every_stage
from amiable.diary.writing import postponed
from amiable.domain.cases.event import NIGHT
from amiable.domain.cases.family import SENT
from amiable.domain.law.calendar import add_months
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories
from tests.demo.days import HARDEST

#: Stages every kind can stand at, and those some cannot.
EVERYWHERE = {"sent", "acknowledged", "closed", "abandoned"}


@pytest.fixture
def office(db: None) -> Office:
    made = factories.office(
        address="1 place du Bailleur\n69001 Lyon", phone="01 99 00 00 00", email="contact@exemple.fr",
        signatory="N. Garnier", payment_means="Virement", payment_iban="FR0000000000000000000000000",
    )  # fmt: skip
    install_defaults(office=made, today=date(2026, 1, 1))
    save_partners(made)
    services.save_partner(
        office=made, kind="bdf", code="421", name="Banque de France", address="3 place\n42000 Valmont",
        actor=None,
    )  # fmt: skip
    return made


@pytest.mark.parametrize("today", HARDEST[-1:], ids=str)
def test_each_kind_is_at_each_stage(office: Office, today: date) -> None:
    agency = factories.agency(office)
    other = factories.user(office, User.Role.OFFICER, agency, name="a.benali")
    factories.user(office, User.Role.OFFICER, agency, name="c.morel")
    factories.user(office, User.Role.SOCIAL_WORKER, name="s.lopez")
    for number in range(110):
        gone = {"status": "parti", "left_on": add_months(today, -2)} if number < 20 else {}
        account = factories.account(office, f"T{number:03d}", agency=agency, officer=other, **gone)
        helped = 20 <= number < 32
        factories.terms(account, aid=5_000 if helped else 0, third_party=helped)
        factories.contact(account.person, "address", "1 rue du Bac\n45990 Deux-Rives")
        for months in (-4, -3, -2):
            factories.debit(account, add_months(today, months), 30_000, is_net=True)
    positions.refresh(office=office, as_of=today)
    with postponed():
        every_stage(office, today)
    for kind in of_office(office):
        found = set(Dossier.objects.filter(office=office, kind=kind.code).values_list("stage", flat=True))
        answered = {
            kind.leads_to(event, SENT) for event in kind.events if event.by != NIGHT and not event.follows
        }
        ready = set() if kind.internal else {"ready"}
        assert found >= (EVERYWHERE | (answered & {"answered", "followed"}) | ready) - {"to_prepare"}, (
            kind.code
        )
