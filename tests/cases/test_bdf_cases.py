"""The surendettement as a lawyer reads it (tests/cases/surendettement/bdf.yaml), lived day by day."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db.models import Q
from pypdf import PdfReader

from amiable.accounts.models import AccountParty
from amiable.cases import services
from amiable.cases.models import Dossier, Partner
from amiable.cases.services import spot_repeats
from amiable.core.models import User
from amiable.correspondence import store
from amiable.diary.holds import expire_holds
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.positions import services as positions
from amiable.positions.models import AccountPosition
from tests import factories
from tests.cases.conftest import Desk, noon

CASES = yaml.safe_load(Path("tests/cases/surendettement/bdf.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def tenant(desk: Desk):
    bank = factories.person(desk.office, "BANQUE DE FRANCE", "", is_company=True)
    factories.contact(bank, "address", "3 place du Marché\n42000 Valmont")
    Partner.objects.create(office=desk.office, kind="bdf", code="421", name="Banque de France", person=bank)
    person = factories.person(desk.office)
    factories.contact(person)
    made = factories.account(desk.office, person=person, agency=desk.agency, officer=desk.officer)
    factories.terms(made, rent=27000, charges=3000)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["titre"])
def test_case(case: dict[str, Any], desk: Desk, tenant) -> None:
    if "cotitulaire" in case:
        first, last = case["cotitulaire"].split()
        other = factories.person(desk.office, last, first)
        AccountParty.objects.create(account=tenant, person=other, role="co_holder")
    for on, euros in case["echeances"].items():
        factories.debit(tenant, on, euros * 100)
    for on, euros in case.get("paiements", {}).items():
        factories.payment(tenant, on, euros * 100)
    for step in case["suite"]:
        today = step["le"]
        expire_holds(office=desk.office, as_of=today)
        positions.refresh(office=desk.office, as_of=today)
        if "refus" in step:
            with pytest.raises(DomainError, match=step["refus"]):
                live(tenant, step, desk.officer, today)
        else:
            live(tenant, step, desk.officer, today)
        for name, expected in step.get("alors", {}).items():
            assert told(tenant, name, today) == expected, (today, name)


def live(account, step: dict[str, Any], actor: User, today: date) -> None:
    found = Dossier.objects.filter(account=account).order_by("-pk").first()
    if "ouvrir" in step:
        services.open_dossier(account=account, kind="bdf", actor=actor, today=today, fields=step["ouvrir"])
    elif "remise" in step:
        factories.payment(account, today, step["remise"] * 100, kind=EntryKind.REMISE)
    elif "oublier" in step:
        found.fields.pop(step["oublier"])
        found.save()
    elif step.get("nuit"):
        services.conclude_silences(office=account.office, as_of=today)
    elif "reponse" in step:
        services.record_event(
            dossier=found, code=step["reponse"], on=step.get("recu", today), actor=actor, today=today,
            values=step.get("avec"),
        )  # fmt: skip
    elif "envoyer" in step:
        services.send(
            dossier=found,
            way=step["envoyer"],
            actor=actor,
            now=noon(today),
            late_reason=step.get("motif", ""),
        )


def told(account, name: str, today: date) -> Any:
    positions.refresh(office=account.office, as_of=today)
    at = AccountPosition.objects.get(account=account)
    dossier = Dossier.objects.filter(account=account).order_by("-pk").first()
    if name in ("gele", "reclame"):
        return (at.frozen_cents if name == "gele" else at.actionable_cents) / 100
    if name == "limites":
        return {one.rule: one.limit_on for one in dossier.limits.filter(closed_on=None)}
    if name == "attente":
        return account.holds.get(lifted_on=None).ends_on
    if name == "demandes":
        spot_repeats(office=account.office, as_of=today)
        return sorted(account.tasks.filter(status="open").values_list("code", flat=True))
    if name == "solde":
        return at.balance_cents / 100
    if name == "efface":
        erased = Q(kind=EntryKind.EFFACEMENT) | Q(reverses__kind=EntryKind.EFFACEMENT)
        return -sum(account.entries.filter(erased).values_list("amount_cents", flat=True)) / 100
    if name == "attente_de":
        return account.holds.exclude(kind="surendettement").get(lifted_on=None).kind
    if name == "article":
        paper = PdfReader(BytesIO(store.read(dossier.events.exclude(document=None).first().document)))
        return re.search(r"L\d+-\d+", paper.pages[0].extract_text())[0]
    assert name == "document"
    return dossier.events.exclude(document=None).first().document.code
