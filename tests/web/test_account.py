"""The fiche: what it shows, what can be done on it, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from amiable.accounts.models import Account
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry, Hold, Note, Promise, Task
from amiable.diary.presence import arrive
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.positions import services as positions
from amiable.procedures import instructions
from amiable.procedures.models import Instruction
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY, House


@dataclass
class Case:
    """An account of the north agency: 600 € called in September and October, 100 € paid."""

    account: Account
    client: Client

    @property
    def url(self) -> str:
        return f"/comptes/{self.account.ref}/"

    def do(self, code: str, **fields: object) -> object:
        fields.setdefault("version", Account.objects.get(pk=self.account.pk).version)
        return self.client.post(f"{self.url}faire/{code}/", fields)

    def call(self, **fields: object) -> object:
        fields.setdefault("version", Account.objects.get(pk=self.account.pk).version)
        return self.client.post(f"{self.url}appeler/", fields)


@pytest.fixture
def case(house: House, log_in: Callable[[str], Client]) -> Case:
    install_defaults(office=house.office, today=date(2026, 1, 1))
    person = factories.person(house.office)
    account = factories.account(
        house.office, "C0012345", person=person, agency=house.north, officer=house["officer"]
    )
    factories.terms(account)
    for month in (9, 10):
        factories.debit(account, date(2026, month, 5), 30000)
    factories.payment(account, date(2026, 10, 20), 10000)
    factories.contact(person)
    positions.refresh(office=house.office, as_of=TODAY)
    return Case(account, log_in("officer"))


def page(case: Case, path: str = "") -> str:
    response = case.client.get(case.url + path)
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_what_is_owed_since_when_and_what_is_next(case: Case) -> None:
    html = page(case)
    assert "DURAND Samira" in html and "500,00\u00a0€" in html
    assert f'hx-get="{case.url}pourquoi/"' in html
    # The September item: called 300, paid 100, left 200.
    assert '<td class="num"><b>200,00</b></td>' in html
    assert 'data-key="a"' in html


@pytest.mark.parametrize("path", ["pourquoi/", "?pourquoi=1"])
def test_the_three_questions_are_answered_with_or_without_script(case: Case, path: str) -> None:
    html = page(case, path)
    for question in ("Pourquoi", "Ce qui est bloqué", "Ce qui changerait"):
        assert f"<h3>{question}</h3>" in html
    assert "/droit/" in html
    # Once told, the story of the same position comes with the fiche itself.
    assert "Ce qui changerait" in page(case)


def test_the_chart_has_its_figures_as_a_table(case: Case) -> None:
    html = page(case)
    assert 'role="img"' in html and "Solde à la fin de chaque mois" in html
    assert '<time datetime="2026-10-31">31/10/2026</time></td><td class="num">500,00</td>' in html


def test_the_same_number_of_queries_whatever_was_done(case: Case, house: House) -> None:
    page(case)
    with CaptureQueriesContext(
        connection,
    ) as before:
        page(case)
    for number in range(6):
        diary.log_note(account=case.account, text=f"Note {number}", actor=house["officer"], today=TODAY)
        factories.payment(case.account, TODAY - timedelta(days=number), 100)
    diary.make_promise(
        account=case.account, amount_cents=100, due_on=TODAY, actor=house["officer"], today=TODAY
    )
    with CaptureQueriesContext(connection) as after:
        page(case)
    assert len(after) <= len(before) + 1
    assert len(after) < 60


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("auditor", 200), ("service_head", 200), ("officer_south", 404), ("stranger", 404)],
)
def test_who_sees_it(case: Case, log_in: Callable[[str], Client], who: str, status: int) -> None:
    assert log_in(who).get(case.url).status_code == status


def test_a_colleague_is_not_shown_who_owes(case: Case, log_in: Callable[[str], Client]) -> None:
    assert log_in("colleague").get(case.url).status_code == 403


@pytest.mark.parametrize("code", ["note", "pause", "contestation", "promesse", "demande", "contact"])
def test_each_act_has_a_page_of_its_own(case: Case, code: str) -> None:
    assert 'name="version"' in page(case, f"faire/{code}/")


def test_an_auditor_acts_on_nothing(case: Case, log_in: Callable[[str], Client]) -> None:
    auditor = log_in("auditor")
    assert "/appeler/" not in auditor.get(case.url).content.decode()
    assert auditor.post(f"{case.url}faire/note/", {"text": "Bonjour", "version": 0}).status_code == 403
    assert not Note.objects.exists()


def test_a_call_with_a_promise(case: Case) -> None:
    response = case.call(outcome="reached", promise_cents="1 20,5", promise_on="2026-11-30", note="Virement")
    assert response.status_code == 302
    promise = Promise.objects.get()
    assert (promise.amount_cents, promise.due_on) == (12050, date(2026, 11, 30))
    html = page(case)
    assert "Appel : joint" in html and "Promesse de 120,50" in html
    # A promise runs: nobody chases.
    assert "romesse de paiement en cours" in html


def test_a_promise_without_date_is_asked_for_beside_its_field(case: Case) -> None:
    response = case.call(outcome="reached", promise_cents="50")
    html = response.content.decode()
    assert response.status_code == 422
    assert "Indiquez pour quand le paiement est promis." in html and "data-focus" in html
    assert 'value="50"' in html and not DiaryEntry.objects.exists()


def test_a_wrong_number_makes_work(case: Case) -> None:
    point = case.account.person.contact_points.get()
    case.call(outcome="wrong_number", point=str(point.pk))
    point.refresh_from_db()
    assert point.problem == "wrong" and Task.objects.get().code == "contact_problem"


def test_an_insult_is_refused_and_what_was_typed_is_kept(case: Case) -> None:
    response = case.do("note", text="Un menteur, à relancer")
    html = response.content.decode()
    assert response.status_code == 422 and "menteur" in html
    assert "Rien n’a été enregistré" in html and not Note.objects.exists()


def test_two_officers_the_second_is_told_and_may_confirm(case: Case, house: House) -> None:
    opened = Account.objects.get(pk=case.account.pk).version
    diary.log_note(account=case.account, text="Rappelle lundi", actor=house["service_head"], today=TODAY)
    response = case.do("note", text="Autre note", version=opened)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Service_head a écrit une note" in html and "Autre note" in html
    assert Note.objects.count() == 1
    # The page carries the new version: sending again is the officer's own decision.
    now = Account.objects.get(pk=case.account.pk).version
    assert f'name="version" value="{now}"' in html
    assert case.do("note", text="Autre note", version=now).status_code == 302


def test_the_second_to_open_it_is_told_who_has_it_open(case: Case, log_in: Callable[[str], Client]) -> None:
    page(case)
    html = log_in("service_head").get(case.url).content.decode()
    assert "Officer a ouvert cette fiche" in html
    assert "a ouvert cette fiche" in page(case)


def test_a_pause_then_its_end(case: Case) -> None:
    case.do("pause", motive="Paiement annoncé", detail="virement le 28", ends_on="2026-12-01")
    hold = Hold.objects.get()
    assert hold.reason == "Paiement annoncé : virement le 28"
    assert "Ne pas relancer" in page(case)
    case.client.post(f"{case.url}attente/{hold.pk}/lever/", {"text": "", "version": _version(case)})
    hold.refresh_from_db()
    assert hold.lifted_on == TODAY


def test_a_dispute_sets_its_amount_apart(case: Case) -> None:
    case.do("contestation", motive="Régularisation de charges", disputed_cents="310")
    case.account.position.refresh_from_db()
    assert (case.account.position.disputed_cents, case.account.position.actionable_cents) == (31000, 19000)


def test_a_line_is_corrected_not_erased(case: Case) -> None:
    case.do("note", text="Sur le mauvais compte")
    entry = DiaryEntry.objects.get()
    url = f"{case.url}fil/{entry.pk}/corriger/"
    case.client.post(url, {"text": "Mauvais compte", "version": _version(case)})
    html = page(case)
    assert "<del>Note</del>" in html and "Correction d’une ligne" in html


def test_movements_are_paged_with_the_balance_after_each(case: Case) -> None:
    for number in range(40):
        factories.payment(case.account, date(2026, 11, 1), 100 + number)
    html = page(case, "mouvements/")
    assert "Page 1 sur 2" in html
    assert "Page 2 sur 2" in page(case, "mouvements/?page=2")


def test_a_moved_tenant_is_one_person_with_one_debt(case: Case, house: House) -> None:
    old = factories.account(
        house.office, "C-ANCIEN", person=case.account.person, agency=house.north, status="mute"
    )
    factories.debit(old, date(2024, 5, 5), 12000)
    positions.refresh(office=house.office, as_of=TODAY)
    html = page(case)
    assert "C-ANCIEN" in html and "620,00\u00a0€" in html


def test_an_account_of_another_agency_is_not_shown_beside_it(case: Case, house: House) -> None:
    factories.account(house.office, "C-SUD", person=case.account.person, agency=house.south)
    assert "C-SUD" not in page(case)


def test_a_public_claim_shows_its_title(house: House, log_in: Callable[[str], Client]) -> None:
    office = factories.office("valmont", kind="local_accountant", name="Trésorerie de Valmont")
    install_defaults(office=office, today=date(2026, 1, 1))
    head = factories.user(office, "service_head")
    claim = factories.account(
        office,
        "2026/T-44",
        nature="cantine",
        object_label="Cantine de septembre",
        fiscal_year=2026,
        taken_charge_on=date(2026, 10, 1),
        notified_on=date(2026, 10, 2),
    )
    factories.debit(claim, date(2026, 10, 1), 3800, kind=EntryKind.TITRE, due_on=date(2026, 11, 1))
    positions.refresh(office=office, as_of=TODAY)
    client = Client()
    client.force_login(head, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get("/comptes/2026/T-44/").content.decode()
    assert "Cantine de septembre" in html and "Prise en charge" in html and "redevable" in html
    assert client.get("/comptes/2026/T-44/mouvements/").status_code == 200
    assert ">présent<" not in html


def _version(case: Case) -> int:
    return Account.objects.get(pk=case.account.pk).version


def _letterhead(house: House) -> None:
    for field, value in {
        "address": "1 place Carnot\n69002 Lyon",
        "phone": "01 99 00 10 10",
        "email": "contact@exemple.fr",
        "payment_means": "Carte à l’agence.",
        "signatory": "La directrice",
        "website": "www.exemple.fr",
    }.items():
        setattr(house.office, field, value)
    house.office.save()


def test_a_message_is_read_then_sent_once(case: Case, house: House) -> None:
    _letterhead(house)
    html = page(case, "ecrire/?canal=sms")
    assert "06 39 98 11 02".replace(" ", "\u00a0") in html and "Ce texte : " in html
    key = html.split('name="key" value="')[1].split('"')[0]
    sent = {"channel": "sms", "code": "sms_rappel", "key": key, "body": "Bonjour, appelez-nous."}
    for _ in range(2):
        assert case.client.post(f"{case.url}ecrire/", sent).status_code == 302
    item = OutboxItem.objects.get()
    assert (item.channel, item.body, item.created_by) == ("sms", "Bonjour, appelez-nous.", house["officer"])


def test_the_debt_is_never_told_in_an_sms(case: Case, house: House) -> None:
    _letterhead(house)
    body = {"channel": "sms", "code": "sms_rappel", "key": "k", "body": "Vous devez {{ montant_du }}."}
    assert case.client.post(f"{case.url}ecrire/", body).status_code == 422
    assert not OutboxItem.objects.exists()


def test_what_cannot_be_written_says_why(case: Case) -> None:
    html = page(case, "ecrire/?canal=post")
    assert "inconnu" in html and "Mettre au courrier" not in html


def test_an_instruction_shows_on_its_step_until_it_is_read(case: Case, house: House) -> None:
    step = case.account.position.next_step
    instructions.give(
        office=house.office,
        step_code=step,
        text="Proposer le prélèvement.",
        starts_on=TODAY,
        actor=house["service_head"],
    )
    html = page(case)
    assert "Proposer le prélèvement." in html and "J’ai lu" in html
    case.client.post(f"{case.url}consigne/{Instruction.objects.get().pk}/lue/")
    assert "J’ai lu" not in page(case)


def test_reading_never_waits_for_a_writer(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("amiable.diary.presence.Presence.objects.update_or_create", busy)
    outside = SimpleNamespace(vendor="postgresql", in_atomic_block=False)
    monkeypatch.setattr("amiable.diary.presence.connection", outside)
    arrive(account=case.account, user=case.account.officer, now=timezone.now())


def test_receipts_do_not_hide_what_was_done(case: Case, house: House) -> None:
    for month in range(1, 9):
        factories.payment(case.account, date(2026, month, 6), 100)
    html = page(case)
    assert html.count("Paiement reçu") == 4 and "Tout le fil (5 de plus)" in html
    assert page(case, "?fil=tout").count("Paiement reçu") == 9


@pytest.mark.parametrize(
    ("code", "fields", "said"),
    [
        ("promesse", {"amount_cents": "50000", "due_on": "2026-11-30"}, "C’est plus que ce que doit"),
        ("promesse", {"amount_cents": "100", "due_on": "2031-01-01"}, "Au plus tard le"),
        ("contestation", {"motive": "Régularisation de charges", "disputed_cents": "9999"}, "plus que"),
    ],
)
def test_a_slip_of_the_keyboard_silences_nobody(
    case: Case, code: str, fields: dict[str, str], said: str
) -> None:
    response = case.do(code, **fields)
    assert said in response.content.decode()  # type: ignore[attr-defined]
    assert not Promise.objects.exists() and not Hold.objects.exists()


def test_an_interruption_is_noted_from_the_fiche(case: Case) -> None:
    answer = case.do("prescription", act="acknowledgement", on="2026-11-20")
    assert answer.status_code == 302
    case.account.position.refresh_from_db()
    assert case.account.position.prescribes_on == date(2029, 11, 20)
    assert "Reconnaissance écrite de la dette" in case.client.get(case.url).content.decode()
