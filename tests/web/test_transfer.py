"""Contentieux in the browser: the gate, the reasons, each person's own buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amiable.accounts.models import Account
from amiable.diary import services as diary
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from amiable.transfer.models import Transfer
from tests import factories
from tests.web.conftest import TODAY, House, seen


@dataclass
class Case:
    account: Account
    log_in: Callable[[str], Client]

    @property
    def url(self) -> str:
        return f"/contentieux/{self.account.ref}/"

    def page(self, who: str = "officer") -> str:
        return self.log_in(who).get(self.url).content.decode()

    def waive_all(self) -> None:
        client = self.log_in("officer")
        for code in ("plan", "social", "visit", "ccapex", "lease"):
            client.post(
                f"{self.url}motif/{code}/",
                {"motive": "Autre motif", "detail": "Déjà tenté en 2025", **seen(self.account)},
            )


@pytest.fixture
def case(house: House, log_in: Callable[[str], Client]) -> Case:
    install_defaults(office=house.office, today=date(2026, 1, 1))
    account = factories.account(house.office, "C0012345", agency=house.north, officer=house["officer"])
    factories.terms(account)
    for month in range(5, 12):
        factories.debit(account, date(2026, month, 5), 60_000)
    positions.refresh(office=house.office, as_of=TODAY)
    for kind, day, step in (
        ("letter", date(2026, 5, 20), "relance_1"),
        ("no_show", date(2026, 6, 8), ""),
        ("lrar", date(2026, 6, 12), "mise_en_demeure"),
    ):
        diary.log_event(account=account, kind=kind, step=step, actor=house["officer"], today=day)
    return Case(account, log_in)


def test_an_incomplete_file_has_no_button_and_says_what_is_missing(case: Case) -> None:
    page = case.page()
    assert "Présenter au responsable" not in page and "5 points à compléter" in page
    answer = case.log_in("officer").post(case.url, seen(case.account), follow=True)
    assert "le dossier n’est pas complet" in answer.content.decode().lower()
    assert not Transfer.objects.exists()


def test_reasons_complete_it_and_the_road_goes_from_hand_to_hand(case: Case, house: House) -> None:
    case.waive_all()
    assert "Présenter au responsable" in case.page()
    case.log_in("officer").post(case.url, seen(case.account))
    assert "Transmettre" not in case.page() and "Transmettre" in case.page("service_head")
    case.log_in("service_head").post(f"{case.url}transmettre/faire/", seen(case.account))
    assert "Recevoir" in case.page("litigation")
    case.log_in("litigation").post(f"{case.url}recevoir/faire/", seen(case.account))
    transfer = Transfer.objects.get()
    assert (transfer.state, transfer.received_by) == ("received", house["litigation"])
    listed = case.log_in("litigation").get("/contentieux/?liste=suivre").content.decode()
    assert case.account.ref in listed
    fiche = case.log_in("officer").get(f"/comptes/{case.account.ref}/").content.decode()
    assert "au contentieux" in fiche and "Dossier reçu par le contentieux" in fiche


def test_a_return_needs_its_reason(case: Case) -> None:
    case.waive_all()
    case.log_in("officer").post(case.url, seen(case.account))
    head = case.log_in("service_head")
    assert head.post(f"{case.url}refuser/faire/", {"reason": "", **seen(case.account)}).status_code == 422
    head.post(f"{case.url}refuser/faire/", {"reason": "Rappeler la personne avant", **seen(case.account)})
    assert "Rappeler la personne avant" in case.page()
    assert Transfer.objects.get().state == "refused"


def test_a_stale_page_does_not_present_the_file(case: Case) -> None:
    case.waive_all()
    answer = case.log_in("officer").post(case.url, {"version": "0"}, follow=True)
    assert "Rien n’a été écrasé" in answer.content.decode()
    assert not Transfer.objects.exists()


def test_the_bundle_is_shown_for_a_day_and_a_wrong_day_is_refused(case: Case) -> None:
    client = case.log_in("officer")
    answer = client.get(f"{case.url}dossier.pdf?au=2026-06-30")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert "n’est pas une date" in client.get(f"{case.url}dossier.pdf?au=demain").content.decode().lower()


@pytest.mark.parametrize("who", ["colleague", "officer_south", "stranger"])
def test_others_do_not_see_it(case: Case, who: str) -> None:
    assert case.log_in(who).get(case.url).status_code in (403, 404)


def test_the_list_asks_as_many_queries_whatever_it_holds(case: Case, house: House) -> None:
    client, seen = case.log_in("service_head"), []
    for number in range(12):
        account = factories.account(house.office, f"T{number}", agency=house.north)
        Transfer.objects.create(office=house.office, account=account, proposed_on=TODAY)
        factories.position(account, TODAY, overdue=1000)
        with CaptureQueriesContext(connection) as queries:
            client.get("/contentieux/?liste=decider")
        seen.append(len(queries))
    assert seen[0] == seen[-1]
