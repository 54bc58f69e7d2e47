"""Plans on screen: simulated, approved, signed, followed; who may see and do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from amiable.accounts.models import Account, AccountParty
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.plans.models import PlanVersion
from amiable.plans.services import follow_plans
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY, House

LogIn = Callable[[str], Client]


@pytest.fixture
def account(house: House) -> Account:
    """Two rents of 300,00 € late, at the northern agency."""
    office = house.office
    type(office).objects.filter(pk=office.pk).update(
        address="1 place du Bailleur\n69001 Lyon",
        phone="01 99 00 12 34",
        email="contact@exemple.fr",
        signatory="N. Garnier, responsable de service",
        payment_means="virement ou carte à l’agence",
        payment_iban="FR0000000000000000000000000",
    )
    install_defaults(office=office, today=date(2026, 1, 1))
    made = factories.account(office, "C1", agency=house.north, officer=house["officer"])
    factories.terms(made)
    for month in (10, 11):
        factories.debit(made, date(2026, month, 1), 30_000)
    positions.refresh(office=office, as_of=TODAY)
    return made


def typed(account: Account, **changes: str) -> dict[str, object]:
    account.refresh_from_db()
    return {
        "version": str(account.version),
        "seen_cents": "60000",
        "statement_on": TODAY.isoformat(),
        "capacity_cents": "120",
        "way": "months",
        "months": "6",
        "day": "chosen",
        "starts_on": "2026-12-10",
        **changes,
    }


def drawn(client: Client, account: Account, **changes: str) -> PlanVersion:
    answer = client.post(reverse("plan_simulate", args=["C1"]), typed(account, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return PlanVersion.objects.latest("pk")


def do(client: Client, version: PlanVersion, code: str, **data: object) -> PlanVersion:
    seen = Account.objects.values_list("version", flat=True).get(pk=version.plan.account_id)
    answer = client.post(reverse("plan_act", args=[version.plan_id, code]), {"version": seen, **data})
    assert answer.status_code == 302, answer.content.decode()
    version.refresh_from_db()
    return version


def text(answer: object) -> str:
    content = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content)).replace("\u202f", " ").replace("\xa0", " ")


def test_the_simulator_shows_a_schedule_at_once_and_as_one_types(log_in: LogIn, account: Account) -> None:
    client, where = log_in("officer"), reverse("plan_simulate", args=["C1"])
    page = text(client.get(where))
    assert "600,00 € en 12 échéances" in page and "Risque de rupture" in page
    live = text(client.get(where, typed(account, months="4"), headers={"HX-Request": "true"}))
    assert "600,00 € en 4 échéances" in live and "150,00 €" in live and "<html" not in live
    assert "dépassent la capacité" in live
    refused = text(client.get(where, typed(account, months=""), headers={"HX-Request": "true"}))
    assert "Indiquez le nombre de mensualités" in refused


def test_a_lump_a_step_and_months_off_are_one_form(log_in: LogIn, account: Account) -> None:
    version = drawn(
        log_in("officer"),
        account,
        lump_cents="100",
        first_months="2",
        first_cents="50",
        months_off=["1"],  # type: ignore[arg-type]
    )
    rows = [(f"{one.due_on:%m-%d}", one.amount_cents) for one in version.instalments.all()]
    assert rows[:4] == [("12-10", 10_000), ("02-10", 5_000), ("03-10", 5_000), ("04-10", 10_000)]
    assert sum(cents for _, cents in rows) == 60_000


def test_an_amount_that_moved_since_it_was_seen_is_refused(log_in: LogIn, account: Account) -> None:
    answer = log_in("officer").post(reverse("plan_simulate", args=["C1"]), typed(account, seen_cents="59000"))
    assert answer.status_code == 422 and "repartez du décompte à jour" in text(answer)
    assert not PlanVersion.objects.exists()


def test_from_the_draft_to_the_signature_at_the_desk(log_in: LogIn, account: Account) -> None:
    officer = log_in("officer")
    version = do(officer, drawn(officer, account), "soumettre")
    assert version.state == "approved"
    version = do(officer, version, "editer")
    page = officer.get(reverse("plan_sign", args=[version.plan_id]))
    assert "Je signe" in text(page)
    assert version.document is not None
    signed = {"sha256": version.document.sha256, "typed_name": "Samira Durand", "consents": "on"}
    answer = officer.post(reverse("plan_sign", args=[version.plan_id]), signed | {"typed_name": "X"})
    assert answer.status_code == 422
    assert officer.post(reverse("plan_sign", args=[version.plan_id]), signed).status_code == 302
    shown = text(officer.get(reverse("plan", args=[version.plan_id])))
    assert "en cours" in shown and "Preuve de signature" in shown and "à venir" in shown
    fiche = text(officer.get(reverse("account", args=["C1"])))
    assert "Ouvrir le plan" in fiche and "Plan signé" in fiche


def test_beyond_the_delegation_a_head_decides(log_in: LogIn, account: Account) -> None:
    officer, head = log_in("officer"), log_in("agency_head")
    version = do(officer, drawn(officer, account, months="24"), "soumettre")
    assert version.state == "to_approve"
    assert officer.post(reverse("plan_act", args=[version.plan_id, "approuver"])).status_code == 403
    waiting = text(head.get(reverse("plans"), {"liste": "approuver"}))
    assert "DURAND Samira" in waiting
    assert "Approuver" in text(head.get(reverse("plan", args=[version.plan_id])))
    assert do(head, version, "renvoyer", reason="Proposer moins long").state == "draft"
    assert "Proposer moins long" in text(officer.get(reverse("plan", args=[version.plan_id])))


def test_a_head_sees_in_the_menu_how_many_plans_wait(log_in: LogIn, account: Account) -> None:
    officer, head = log_in("officer"), log_in("agency_head")
    assert "Plans 1 à approuver" not in text(head.get(reverse("plans")))
    do(officer, drawn(officer, account, months="24"), "soumettre")
    assert "Plans 1 à approuver" in text(head.get(reverse("plans")))
    assert "à approuver Contentieux" not in text(officer.get(reverse("plans")))


def test_a_button_of_a_page_read_before_somebody_else_acted_does_nothing(
    log_in: LogIn, account: Account
) -> None:
    officer = log_in("officer")
    version = drawn(officer, account)
    account.refresh_from_db()
    seen, where = account.version, reverse("plan_act", args=[version.plan_id, "soumettre"])
    shown = officer.get(reverse("plan", args=[version.plan_id])).content.decode()
    assert f'name="version" value="{seen}"' in shown
    add = {"account": account, "text": "Elle rappelle demain", "actor": None, "today": TODAY}
    diary.log_note(**add)
    answer = officer.post(where, {"version": seen}, follow=True)
    assert "pendant que cette fiche était ouverte" in text(answer)
    version.refresh_from_db()
    assert version.state == "draft"
    assert officer.post(where).status_code == 422
    assert do(officer, version, "soumettre").state == "approved"


def test_who_owes_nothing_any_more_is_congratulated_from_the_list(
    log_in: LogIn, account: Account, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = log_in("officer")
    version = do(officer, do(officer, drawn(officer, account), "soumettre"), "editer")
    scan = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 signed", "application/pdf")
    version = do(officer, version, "scan", scan=scan, signed_on=TODAY.isoformat())
    later = TODAY + timedelta(days=1)
    monkeypatch.setenv("AMIABLE_TODAY", later.isoformat())
    factories.payment(account, later, 60_000)
    follow_plans(office=house.office, as_of=later)
    positions.refresh(office=house.office, as_of=later)
    kept = reverse("plans") + "?liste=tenus"
    assert "Féliciter" in text(officer.get(kept)) and "Féliciter" not in text(log_in("auditor").get(kept))
    account.refresh_from_db()
    where = reverse("plan_act", args=[version.plan_id, "feliciter"])
    answer = officer.post(where, {"version": account.version, "retour": "tenus"})
    assert answer.headers["Location"] == kept
    assert "DURAND" not in text(officer.get(kept))
    assert OutboxItem.objects.get().step == "plan_feliciter"


def test_a_paper_scan_then_a_missed_instalment_warned_and_denounced(
    log_in: LogIn, account: Account, monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    officer = log_in("officer")
    version = do(officer, do(officer, drawn(officer, account), "soumettre"), "editer")
    scan = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 signed", "application/pdf")
    version = do(officer, version, "scan", scan=scan, signed_on=TODAY.isoformat())
    assert version.state == "active"
    later = date(2027, 1, 20)
    monkeypatch.setenv("AMIABLE_TODAY", later.isoformat())
    follow_plans(office=house.office, as_of=later)
    positions.refresh(office=house.office, as_of=later)
    page = text(officer.get(reverse("plan", args=[version.plan_id])))
    assert "41 jours de retard" in page and "Avertir" in page
    assert "rompu" in text(officer.get(reverse("plans")))
    account.refresh_from_db()
    too_soon = {"version": account.version, "reason": "Aucun paiement reçu"}
    answer = officer.post(reverse("plan_act", args=[version.plan_id, "denoncer"]), too_soon)
    assert answer.status_code == 422 and "avertissez d’abord" in text(answer)
    assert not OutboxItem.objects.exists()
    do(officer, version, "avertir", channel="post")
    version = do(officer, version, "denoncer", reason="Aucun paiement reçu")
    assert version.state == "denounced"
    codes = set(account.documents.values_list("code", flat=True))
    assert {"plan_apurement", "plan_signe", "plan_echeance_manquee", "plan_denonciation"} <= codes


def test_a_revision_begins_from_the_plan_in_force(log_in: LogIn, account: Account) -> None:
    officer = log_in("officer")
    version = do(officer, do(officer, drawn(officer, account), "soumettre"), "editer")
    scan = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 signed", "application/pdf")
    version = do(officer, version, "scan", scan=scan, signed_on=TODAY.isoformat())
    where = reverse("plan_revise", args=[version.plan_id])
    assert "Pourquoi réviser" in text(officer.get(where))
    assert officer.post(where, typed(account, months="10")).status_code == 422
    answer = officer.post(where, typed(account, months="10", reason="Baisse de revenus"))
    assert answer.status_code == 302
    page = text(officer.get(reverse("plan", args=[version.plan_id])))
    assert "Révision en préparation : version 2" in page


def test_the_scope_holds(log_in: LogIn, account: Account) -> None:
    version = drawn(log_in("officer"), account)
    for name in ("officer_south", "stranger"):
        assert log_in(name).get(reverse("plan", args=[version.plan_id])).status_code == 404
        assert log_in(name).get(reverse("plan_simulate", args=["C1"])).status_code == 404
        assert "DURAND" not in text(log_in(name).get(reverse("plans"), {"liste": "prepares"}))
    assert log_in("auditor").get(reverse("plan", args=[version.plan_id])).status_code == 200
    assert log_in("auditor").get(reverse("plan_simulate", args=["C1"])).status_code == 403
    assert log_in("colleague").get(reverse("plans")).status_code == 403


def test_lists_filter_and_leave_as_files(log_in: LogIn, account: Account) -> None:
    client = log_in("officer")
    assert "Aucun plan n’est en danger" in text(client.get(reverse("plans")))
    drawn(client, account)
    found = {"liste": "prepares"}
    for keep, is_in in (
        ({"q": "durand"}, True),
        ({"q": "zzz"}, False),
        ({"montant": "2"}, True),
        ({"montant": "1"}, False),
    ):
        assert ("DURAND" in text(client.get(reverse("plans"), found | keep))) is is_in
    csv = b"".join(client.get(reverse("plans_csv"), found).streaming_content).decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("C1;DURAND Samira") and ";600,00;" in csv
    assert client.get(reverse("plans_xlsx"), found).status_code == 200


def test_the_plan_page_asks_as_many_questions_for_few_and_many_instalments(
    log_in: LogIn, account: Account, django_assert_max_num_queries: Callable
) -> None:
    client = log_in("officer")
    version = drawn(client, account, months="18")
    with django_assert_max_num_queries(32):
        client.get(reverse("plan", args=[version.plan_id]))


def test_a_copy_goes_to_the_cautions_ticked(log_in: LogIn, account: Account) -> None:
    officer = log_in("officer")
    version = do(officer, do(officer, drawn(officer, account), "soumettre"), "editer")
    scan = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 signed", "application/pdf")
    version = do(officer, version, "scan", scan=scan, signed_on=TODAY.isoformat())
    page = reverse("plan", args=[version.plan_id])
    assert "Transmettre une copie" not in text(officer.get(page))
    people = [factories.person(account.office, last_name=name) for name in ("Bernard", "Petit")]
    for one in people:
        AccountParty.objects.create(account=account, person=one, role="guarantor")
        factories.contact(one, kind="address", value="3 rue du Bac\n69001 Lyon")
    assert "Transmettre une copie" in text(officer.get(page))
    form = text(officer.get(reverse("plan_act", args=[version.plan_id, "transmettre"])))
    assert "BERNARD" in form and "PETIT" in form
    do(officer, version, "transmettre", people=[str(people[0].pk)])
    sent = OutboxItem.objects.filter(document__code="plan_copie")
    assert [item.person for item in sent] == [people[0]]


def test_a_late_regularisation_is_spread_by_twelfths(log_in: LogIn, account: Account) -> None:
    client = log_in("officer")
    where = reverse("plan_simulate", args=["C1"])
    assert "par douzièmes" not in text(client.get(where))
    factories.debit(account, date(2026, 10, 20), 24_000, kind=EntryKind.REGULARISATION)
    positions.refresh(office=account.office, as_of=TODAY)
    page = client.get(where)
    assert "240,00 € de régularisation de charges" in text(page) and "?douziemes=1" in page.content.decode()
    assert "840,00 € en 12 échéances" in text(client.get(where, {"douziemes": "1"}))
