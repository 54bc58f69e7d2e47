"""Each story of the demo shows its situation at a glance, whatever the day it runs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from amiable.bank.models import BankTransaction
from amiable.cases.models import Dossier
from amiable.core.models import Office
from amiable.demo import doings, dossiers, files, offices, plans, surendettement, titres
from amiable.demo.stories import REFS
from amiable.diary.writing import postponed
from amiable.domain.law.calendar import add_months
from amiable.intake import mapping as mappings
from amiable.intake.reading import SPECS
from amiable.intake.services import import_list
from amiable.nightly import services as nightly
from amiable.outreach.models import Batch
from amiable.partners.ccapex import earliest_assignation_on
from amiable.plans.models import PlanVersion
from amiable.positions import services as positions
from amiable.positions.duties import due
from amiable.positions.models import AccountPosition
from tests.demo.days import HARDEST

pytestmark = pytest.mark.django_db


def take(office: Office, received: list[files.DemoFile]) -> None:
    for file in received:
        import_list(
            office=office,
            list_kind=file.list_kind,
            data=file.data,
            filename=file.name,
            actor=None,
            today=file.received_on,
            source=file.source or None,
            mapping=mappings.from_dict(file.mapping, SPECS[file.list_kind]) if file.mapping else None,
        )


def night(office: Office, today: date) -> None:
    nightly.run(office=office, as_of=today, now=datetime.combine(today, time(9), ZoneInfo("Europe/Paris")))


@pytest.mark.parametrize("today", HARDEST, ids=str)
def test_the_twelve_tenants(today: date):
    office = offices.open_landlord(today)
    take(office, files.landlord_files(today, homes=40))
    positions.refresh(office=office, as_of=today)
    with postponed():
        doings.landlord_acts(office, today)
        plans.landlord_plans(office, today)
    positions.refresh(office=office, as_of=today)
    with postponed():
        dossiers.landlord_dossiers(office, today)
        # Marc Fontaine's recevabilité comes by his dossier.
        surendettement.landlord_surendettements(office, today)
    night(office, today)
    found = {
        p.account.ref: p for p in AccountPosition.objects.filter(office=office).select_related("account")
    }
    at = {key: found[ref] for key, ref in REFS.items()}

    durand = at["durand"]
    assert [duty.code for duty in due(durand)][0] == "signalement_caf"
    assert durand.caf_limit_on is not None and 0 <= (durand.caf_limit_on - today).days <= 2
    assert durand.months_of_rent is not None and 2 <= durand.months_of_rent < 2.2

    assert at["martin"].held_by == "plan" and at["martin"].overdue_cents > 100_000
    assert at["nguyen"].next_step == "prelevement_rejete" and "AM04" in at["nguyen"].why
    assert at["nguyen"].unpaid_terms == 1
    assert at["leroy"].next_step == "visite"
    assert at["haddad"].held_by == "steady_payer" and at["haddad"].steady_payer
    assert at["dubois"].held_by == "aid_gap" and at["dubois"].next_step is None
    assert at["fontaine"].frozen_cents == 300_000 and at["fontaine"].actionable_cents == 50_000
    assert at["fontaine"].next_step == "relance_1"
    assert at["rossi_old"].held_by == "plan" and at["rossi"].overdue_cents == 0
    assert at["rossi_old"].account.person_id == at["rossi"].account.person_id
    running = {one.plan.account.ref: one for one in PlanVersion.objects.filter(state="active")}
    assert running[REFS["martin"]].status == "kept" and running[REFS["martin"]].paid_cents == 17_000
    assert at["martin"].account.plans.filter(versions__state="denounced").count() == 1
    followed = running[REFS["rossi"]]
    assert followed.status == "kept" and followed.plan.accounts.count() == 2
    assert PlanVersion.objects.get(plan__account__ref=REFS["durand"]).state == "cancelled"
    assert at["carpentier"].held_by == "death" and at["carpentier"].overdue_cents > 0
    assert at["colocation"].next_step == "convocation"
    assert at["diallo"].disputed_cents == 31_000 and at["diallo"].next_step is not None
    assert at["diallo"].actionable_cents == at["diallo"].overdue_cents - 31_000
    lemoine = at["lemoine"]
    assert "alerte_prescription" in {duty.code for duty in due(lemoine)} and lemoine.prescribes_on is not None
    assert timedelta(days=14) < lemoine.prescribes_on - today < timedelta(days=30)
    assert earliest_assignation_on(lemoine.account, today) <= today
    assert lemoine.caf_constituted_on is not None and lemoine.caf_constituted_on < add_months(today, -24)

    open_now = {(one.account.ref, one.kind): one for one in Dossier.objects.select_related("account")}
    assert open_now[REFS["durand"], "caf"].stage == "ready"
    assert open_now[REFS["durand"], "caf"].limit_on == durand.caf_limit_on
    assert open_now[REFS["leroy"], "social"].is_urgent and open_now[REFS["lemoine"], "ccapex"].acknowledged_on

    returned = BankTransaction.objects.filter(office=office, is_return=True)
    assert set(returned.values_list("reason_code", flat=True)) >= {"AM04", "MD07"}
    steps = set(Batch.objects.filter(office=office, on=today).values_list("step", flat=True))
    assert {"prelevement_rejete", "relance_1", "convocation"} <= steps


@pytest.mark.parametrize("today", HARDEST, ids=str)
def test_the_six_debtors(today: date, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(titres, "ordinary", lambda day: iter(()))
    office = offices.open_treasury(today)
    take(office, files.treasury_files(today))
    positions.refresh(office=office, as_of=today)
    doings.treasury_acts(office, today)
    plans.treasury_plans(office, today)
    night(office, today)
    rows = (
        AccountPosition.objects.filter(office=office).select_related("account__person").order_by("account_id")
    )
    by_name: dict[str, list[AccountPosition]] = {}
    for row in rows:
        by_name.setdefault(row.account.person.last_name, []).append(row)

    assert [p.next_step for p in by_name["MORIN"]] == ["relance"] * 6
    assert len({p.account.person_id for p in by_name["MORIN"]}) == 1
    assert [duty.code for duty in due(by_name["ZIANI"][0])] == ["verifier_mutuelle"]
    assert by_name["SARL"][0].next_step == "mise_en_demeure_directe"
    assert by_name["GOMEZ"][0].held_by == "plan"
    gomez = PlanVersion.objects.get(plan__person__last_name="GOMEZ")
    assert (gomez.status, gomez.paid_cents, gomez.missing_cents) == ("kept", 60_000, 0)
    assert by_name["VERDIER"][0].overdue_cents == 0 and by_name["VERDIER"][0].balance_cents == 37_500
    assert by_name["PRÉVOST"][0].held_by == "court"
    documents = Batch.objects.get(office=office, step="relance", on=today).lines.values_list(
        "person_id", flat=True
    )
    assert len(set(documents)) == 1
