"""Demandes: who sees which request, and where its answer goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from amiable.accounts.models import Account
from amiable.diary import services as diary
from amiable.diary.models import Task
from tests import factories
from tests.web.conftest import TODAY, House


@pytest.fixture
def account(house: House) -> Account:
    return factories.account(house.office, "C1", agency=house.north, officer=house["officer"])


def ask(house: House, account: Account, text: str = "Est-elle encore là ?", **fields: object) -> Task:
    fields.setdefault("assignee", house["colleague"])
    return diary.ask_colleague(account=account, text=text, actor=house["officer"], today=TODAY, **fields)


def test_a_colleague_answers_without_being_shown_the_debt(
    house: House, account: Account, log_in: Callable[[str], Client]
) -> None:
    task = ask(house, account)
    keeper = log_in("colleague")
    html = keeper.get("/demandes/").content.decode()
    assert "Est-elle encore là ?" in html and "12 rue des Lilas" in html and "/comptes/" not in html
    response = keeper.post(f"/demandes/{task.pk}/", {"answer": "Oui, vue ce matin."})
    assert response.status_code == 302
    entry = account.diary.get(kind="task_answer")
    assert entry.actor == house["colleague"]
    fiche = log_in("officer").get("/comptes/C1/").content.decode()
    assert "Oui, vue ce matin." in fiche


def test_an_answer_is_given_once(house: House, account: Account, log_in: Callable[[str], Client]) -> None:
    task = ask(house, account)
    keeper = log_in("colleague")
    keeper.post(f"/demandes/{task.pk}/", {"answer": "Oui."})
    second = keeper.post(f"/demandes/{task.pk}/", {"answer": "Non."})
    assert second.status_code == 422 and "déjà traitée" in second.content.decode()
    task.refresh_from_db()
    assert task.answer == "Oui."


def test_lists_of_the_agency_and_of_what_i_asked(
    house: House, account: Account, log_in: Callable[[str], Client]
) -> None:
    ask(house, account, due_on=TODAY + timedelta(days=2))
    officer = log_in("officer")
    assert "Personne n’attend de réponse de vous" in officer.get("/demandes/").content.decode()
    for code in ("agence", "envoyees"):
        assert "Est-elle encore là ?" in officer.get(f"/demandes/?liste={code}").content.decode()


def test_another_agency_sees_nothing(house: House, account: Account, log_in: Callable[[str], Client]) -> None:
    task = ask(house, account)
    south = log_in("officer_south")
    assert "Est-elle" not in south.get("/demandes/?liste=agence").content.decode()
    assert south.get(f"/demandes/{task.pk}/").status_code == 404


def test_a_reader_answers_nothing(house: House, account: Account, log_in: Callable[[str], Client]) -> None:
    task = ask(house, account)
    assert log_in("auditor").post(f"/demandes/{task.pk}/", {"answer": "Oui"}).status_code == 403


def test_a_judgement_is_refused_in_an_answer_too(
    house: House, account: Account, log_in: Callable[[str], Client]
) -> None:
    task = ask(house, account)
    response = log_in("colleague").post(f"/demandes/{task.pk}/", {"answer": "C’est un profiteur"})
    assert response.status_code == 422 and "jugement" in response.content.decode()
    task.refresh_from_db()
    assert task.status == "open"
