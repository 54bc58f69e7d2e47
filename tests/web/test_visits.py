"""Visites in the browser: decide, plan, report; the telephone's reports arrive once; no debt on the door."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from amiable.accounts.models import Account
from amiable.core.models import Agency
from amiable.correspondence.catalogue import DEBT_WORDS
from amiable.diary import services as diary
from amiable.diary.writing import postponed
from amiable.parties.models import PersonFlag
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from amiable.visits import geocoding, services
from amiable.visits.models import Photo, Report, Round, Visit
from tests import factories
from tests.visits.pictures import GPS, exif, jpeg
from tests.web.conftest import TODAY, House

PLACES = """adresse;code_postal;ville;latitude;longitude
4 quai des Mariniers;45990;Deux-Rives;47.9000;1.9000
"""


#: What a neighbour could read a debt in, beside the words no SMS may hold.
NAMES_THE_DEBT = re.compile(
    r"recouvr|créanc|relanc|pay(er|ement)|solde|sommes? d|retard|huissier|commissaire"
    r"|contentieux|compte|V00000",
    re.IGNORECASE,
)


@dataclass
class Case:
    house: House
    log_in: Callable[[str], Client]

    def home(self, number: int, *, known: bool = True) -> Account:
        """An account to whom the procedure proposes a visit."""
        street = f"{number} rue du Bac"
        account = factories.account(
            self.house.office, f"V{number:06d}", agency=self.house.north, officer=self.house["officer"],
            address=street, postcode="45990", city="Deux-Rives",
            person=factories.person(self.house.office, f"Leroy{number}", "Odile"),
        )  # fmt: skip
        factories.contact(account.person)
        if known:
            line = f"{street};45990;Deux-Rives;{47.9 + number / 1000};1.91\n"
            geocoding.import_places(
                office=self.house.office, data=(PLACES + line).encode(), actor=None, today=TODAY
            )
        factories.debit(account, date(2026, 10, 1), 50_000)
        with postponed():
            for day in (3, 12):
                diary.log_event(account=account, kind="no_show", actor=None, today=date(2026, 11, day))
            for step in ("relance_1", "relance_2"):
                diary.log_event(
                    account=account, kind="letter", step=step, actor=None, today=date(2026, 11, 16)
                )
        positions.refresh(office=self.house.office, as_of=TODAY, ids=[account.pk])
        return account

    def planned(self, *numbers: int) -> Round:
        officer = self.house["officer"]
        for number in numbers:
            services.accept(account=self.home(number), minutes=20, actor=officer, today=TODAY)
        tour, _ = services.plan_round(
            agency=self.house.north, on=TODAY, agent=officer, actor=officer, today=TODAY
        )
        return tour

    def send(self, client: Client, visit: Visit, photos: dict[str, bytes] | None = None, **changes: object):
        raw = {
            "uuid": str(uuid4()), "visit": visit.pk, "user": self.house["officer"].pk,
            "age_seconds": 60, "outcome": "absent", "occupancy": ["mail_piled"],
        } | changes  # fmt: skip
        files = {name: SimpleUploadedFile(f"{name}.jpg", content) for name, content in (photos or {}).items()}
        return client.post("/visites/terrain/rapport/", {"report": json.dumps(raw), **files})


@pytest.fixture
def case(house: House, log_in: Callable[[str], Client]) -> Case:
    install_defaults(office=house.office, today=date(2026, 1, 1))
    Agency.objects.filter(pk=house.north.pk).update(
        address="4 quai des Mariniers\n45990 Deux-Rives", phone="02 61 91 10 10"
    )
    house.north.refresh_from_db()
    return Case(house, log_in)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_proposal_says_its_reasons_and_is_accepted(case: Case) -> None:
    account, client = case.home(1), case.log_in("officer")
    page = client.get("/visites/").content.decode()
    assert "2 absences aux rendez-vous" in page
    answer = client.post(
        f"/visites/compte/{account.ref}/decider/",
        {
            "version": Account.objects.get(pk=account.pk).version,
            "minutes": 45,
            "from_at": "14:00",
            "note": "Code 12A",
        },
    )
    assert answer.status_code == 302
    visit = Visit.objects.get()
    assert (visit.minutes, str(visit.from_at), visit.state) == (45, "14:00:00", "to_plan")
    assert "Code 12A" in client.get("/visites/?liste=planifier").content.decode()
    assert "Décider de la visite" not in client.get(f"/comptes/{account.ref}/").content.decode()


def test_a_proposal_is_refused_with_a_reason(case: Case) -> None:
    account, client = case.home(1), case.log_in("officer")
    version = Account.objects.get(pk=account.pk).version
    answer = client.post(
        f"/visites/compte/{account.ref}/refuser/",
        {"version": version, "motive": "Personne jointe entre-temps"},
    )
    assert answer.status_code == 302
    assert "Personne jointe entre-temps" in client.get(f"/comptes/{account.ref}/").content.decode()
    assert not Visit.objects.exists()


def test_the_second_officer_is_warned(case: Case) -> None:
    account, client = case.home(1), case.log_in("officer")
    old = Account.objects.get(pk=account.pk).version
    diary.log_note(account=account, text="Vue ce matin", actor=case.house["agency_head"], today=TODAY)
    answer = client.post(f"/visites/compte/{account.ref}/decider/", {"version": old, "minutes": 30})
    assert answer.status_code == 422
    assert "Rien n’a été écrasé" in answer.content.decode()


def test_a_safety_signal_is_shown_before_leaving_and_on_the_sheet(case: Case) -> None:
    tour = case.planned(1)
    visit = tour.visits.get()
    PersonFlag.objects.create(
        person=visit.account.person, kind="threat", reason="Menace au guichet", raised_on=TODAY
    )
    client = case.log_in("officer")
    for url in (f"/visites/tournees/{tour.pk}/", f"/visites/{visit.pk}/", "/visites/terrain/journee.json"):
        assert "Menace au guichet" in client.get(url).content.decode()


def test_a_round_is_looked_at_then_written(case: Case) -> None:
    officer = case.house["officer"]
    for number in (1, 2):
        services.accept(account=case.home(number), minutes=20, actor=officer, today=TODAY)
    services.accept(account=case.home(3, known=False), minutes=20, actor=officer, today=TODAY)
    asked = {"on": TODAY.isoformat(), "agency": case.house.north.pk, "agent": officer.pk}
    client = case.log_in("officer")
    looked = client.get("/visites/tournees/nouvelle/", asked).content.decode()
    assert "<svg" in looked and "adresse sans coordonnées" in looked.lower()
    assert not Round.objects.exists()
    answer = client.post("/visites/tournees/nouvelle/", asked, follow=True)
    page = answer.content.decode()
    assert Round.objects.get().visits.count() == 2
    assert "500,00" in page and "LEROY1" not in page and "Leroy1" in page


def test_the_avis_de_passage_has_no_word_of_debt(case: Case) -> None:
    tour, client = case.planned(1, 2), case.log_in("officer")
    whole = client.get(f"/visites/tournees/{tour.pk}/avis.pdf").content
    single = client.get(f"/visites/{tour.visits.first().pk}/avis.pdf").content
    assert len(PdfReader(io.BytesIO(whole)).pages) == 2
    for said in (text_of(whole), text_of(single)):
        assert "Avis de passage" in said and "02 61 91 10 10" in said and "LEROY1" in said
        assert not DEBT_WORDS.search(said)
        assert not NAMES_THE_DEBT.search(said), said


def test_the_telephone_gets_no_amount_and_forgets_what_is_done(case: Case) -> None:
    tour, client = case.planned(1, 2), case.log_in("officer")
    answer = client.get("/visites/terrain/journee.json")
    stops = answer.json()["stops"]
    assert [stop["rank"] for stop in stops] == [1, 2]
    assert not re.search(r"€|euro|500|_cents", answer.content.decode())
    first = tour.visits.order_by("rank").first()
    assert case.send(client, first).status_code == 200
    assert client.get("/visites/terrain/journee.json").json()["stops"][0] == {
        "id": first.pk,
        "rank": 1,
        "done": True,
    }


def test_a_report_sent_three_times_arrives_once_with_its_photos(case: Case) -> None:
    visit, client = case.planned(1).visits.get(), case.log_in("officer")
    uuid, photo = str(uuid4()), str(uuid4())
    for _ in range(3):
        answer = case.send(client, visit, {photo: jpeg(exif(6))}, uuid=uuid)
        assert answer.json() == {"uuid": uuid, "second": False}
    assert (Report.objects.count(), Photo.objects.count()) == (1, 1)
    page = client.get(f"/visites/{visit.pk}/").content.decode()
    assert "Courrier accumulé" in page
    kept = client.get(f"/modeles/documents/{Photo.objects.get().document_id}/")
    assert kept["Content-Type"] == "image/jpeg" and GPS not in kept.content


def test_reports_of_two_people_are_both_kept_and_flagged(case: Case) -> None:
    visit = case.planned(1).visits.get()
    case.send(case.log_in("officer"), visit)
    head = case.house["agency_head"]
    answer = case.send(case.log_in("agency_head"), visit, user=head.pk, outcome="refused")
    assert answer.json()["second"] is True
    assert "les deux sont gardés" in case.log_in("officer").get(f"/visites/{visit.pk}/").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "sold"},
        {"outcome": None},
        {"uuid": "1"},
        {"age_seconds": "hier"},
        {"age_seconds": -3600},
        {"age_seconds": 10**9},
        {"user": 0},
        {"said": "C’est un alcoolique"},
        {"promise": "10", "promise_on": ""},
        {"promise": "dix", "promise_on": "2026-12-01", "outcome": "present"},
        {"occupancy": 3},
    ],
)
def test_a_bad_report_is_refused_in_words_and_keeps_nothing(case: Case, changes: dict) -> None:
    visit = case.planned(1).visits.get()
    answer = case.send(case.log_in("officer"), visit, **changes)
    assert answer.status_code == 422 and answer.json()["message"]
    assert not Report.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "3", '"a"', "null"])
def test_what_is_no_report_is_refused(case: Case, text: str) -> None:
    answer = case.log_in("officer").post("/visites/terrain/rapport/", {"report": text})
    assert answer.status_code == 422


def test_a_report_needs_its_token_and_its_own_agency(case: Case) -> None:
    visit = case.planned(1).visits.get()
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(case.house["officer"], backend="django.contrib.auth.backends.ModelBackend")
    assert case.send(careful, visit).status_code == 403
    token = careful.get("/visites/terrain/jeton.json").json()["csrf"]
    careful.defaults["HTTP_X_CSRFTOKEN"] = token
    assert case.send(careful, visit).status_code == 200
    south = case.house["officer_south"]
    assert case.send(case.log_in("officer_south"), visit, user=south.pk).status_code == 404
    assert case.send(case.log_in("stranger"), visit, user=case.house["stranger"].pk).status_code == 404


def test_a_report_is_typed_at_the_desk(case: Case) -> None:
    visit, client = case.planned(1).visits.get(), case.log_in("officer")
    page = client.get(f"/visites/{visit.pk}/rapport/").content.decode()
    assert page.count('type="radio"') == 4
    fields = {
        "version": Account.objects.get(pk=visit.account_id).version, "outcome": "present",
        "visited_on": TODAY.isoformat(), "visited_time": "00:00", "commitments": ["wants_plan"],
        "said": "Souhaite étaler", "photos": SimpleUploadedFile("a.jpg", jpeg()),
    }  # fmt: skip
    assert client.post(f"/visites/{visit.pk}/rapport/", fields).status_code == 302
    assert Photo.objects.count() == 1
    thread = client.get(f"/comptes/{visit.account.ref}/").content.decode()
    assert "Visite à domicile : personne rencontrée" in thread and "Souhaite étaler" in thread


def test_whoever_only_reads_decides_nothing(case: Case) -> None:
    account, tour = case.home(5), case.planned(1)
    auditor = case.log_in("auditor")
    assert auditor.get("/visites/").status_code == 200
    assert auditor.get(f"/visites/tournees/{tour.pk}/").status_code == 200
    for url in (
        f"/visites/compte/{account.ref}/decider/", "/visites/tournees/nouvelle/", "/visites/terrain/",
        "/visites/terrain/journee.json", f"/visites/tournees/{tour.pk}/avis.pdf",
    ):  # fmt: skip
        assert auditor.get(url).status_code == 403, url
    assert case.log_in("colleague").get("/visites/").status_code == 403
    assert case.log_in("officer_south").get(f"/visites/tournees/{tour.pk}/").status_code == 404


def test_the_worker_and_its_manifest_are_of_this_site(case: Case) -> None:
    client = Client()
    worker = client.get("/visites/terrain/service.js")
    assert worker["Content-Type"] == "text/javascript"
    shell = json.loads(re.search(r"const SHELL = (\[.*?\]);", worker.content.decode()).group(1))  # type: ignore[union-attr]
    officer = case.log_in("officer")
    for path in shell:
        assert officer.get(path).status_code == 200, path
    manifest = client.get("/visites/terrain/application.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/visites/terrain/"
    page = officer.get("/visites/terrain/")
    policy = page["Content-Security-Policy"]
    assert "worker-src 'self'" in policy and "manifest-src 'self'" in policy and "unsafe" not in policy
    assert "csrf" not in page.content.decode().lower() and "officer" not in page.content.decode().lower()


def test_places_are_imported_on_screen(case: Case) -> None:
    client = case.log_in("officer")
    data = PLACES + "5 rue A;45990;Deux-Rives;x;1.9\n"
    page = client.post(
        "/visites/lieux/", {"file": SimpleUploadedFile("l.csv", data.encode())}
    ).content.decode()
    assert "ligne 3" in page and "1 adresse située" in page


@pytest.mark.parametrize(
    "url", ["/visites/?liste=decider", "/visites/?liste=planifier", "/visites/?liste=tournees"]
)
def test_more_lines_ask_no_more_queries(case: Case, url: str) -> None:
    client = case.log_in("officer")

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    case.planned(1)
    for number in (2, 3):
        services.accept(account=case.home(number), minutes=20, actor=case.house["officer"], today=TODAY)
    case.home(4)
    client.get(url)
    before = count()
    for number in (10, 11, 12):
        case.home(number)
        services.accept(account=case.home(number + 10), minutes=20, actor=case.house["officer"], today=TODAY)
    assert count() == before


def test_a_longer_round_asks_no_more_queries(case: Case) -> None:
    client = case.log_in("officer")

    def count(tour: Round) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/visites/tournees/{tour.pk}/").status_code == 200
        return len(asked)

    tour = case.planned(1)
    count(tour)
    before = count(tour)
    services.drop_round(tour=tour, actor=case.house["officer"])
    assert count(case.planned(2, 3, 4)) == before
