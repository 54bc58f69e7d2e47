"""Personnes et situations on the fiche, and the guided states."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from amiable.ledger.models import Account, AccountParty
from amiable.parties.models import Death, LegalProtection, PersonFlag
from amiable.web.situations.guides import GUIDES
from tests import factories
from tests.web.conftest import TODAY, House

LogIn = Callable[[str], Client]


@pytest.fixture
def account(house: House) -> Account:
    return factories.account(house.office, "L000112", agency=house.north)


def post(client: Client, account: Account, code: str, pk: int | None = None, **data: str):
    args = [code, pk, account.ref] if pk else [code, account.ref]
    data["version"] = str(Account.objects.get(pk=account.pk).version)
    return client.post(reverse("situation_of" if pk else "situation", args=args), data, follow=True)


def test_a_roommate_is_added_and_leaves(account: Account, log_in: LogIn) -> None:
    client = log_in("officer")
    page = post(client, account, "personne", role="roommate", last_name="Vallin", first_name="Emma")
    assert "Emma Vallin" in page.content.decode()
    party = AccountParty.objects.get()
    page = post(client, account, "depart", party.pk, to_on="2026-07-20")
    text = page.content.decode()
    assert "encore tenu" in text.lower() and "COLOC-01" in text and "Départ d’une personne" in text


def test_a_measure_without_guardian_is_said_on_the_fiche(account: Account, log_in: LogIn) -> None:
    client = log_in("officer")
    page = post(client, account, "protection", measure="curatelle", started_on="2026-01-01")
    assert "Aucune lettre ne part" in page.content.decode()
    post(client, account, "protection", measure="curatelle", started_on="2026-01-01", last_name="UDAF")
    text = client.get(reverse("account", args=[account.ref])).content.decode()
    assert "copie des lettres" in text.lower() and "Aucune lettre ne part" not in text
    protection = LegalProtection.objects.get(ended_on=None)
    post(client, account, "fin-protection", protection.pk)
    assert not LegalProtection.objects.filter(ended_on=None).exists()


def test_a_death_and_its_undoing(account: Account, log_in: LogIn) -> None:
    client = log_in("officer")
    page = post(client, account, "deces", learned_on=TODAY.isoformat(), last_name="Aubry")
    text = page.content.decode()
    assert "Aucune lettre ne part" in text and "Aubry" in text and "décès" in text
    post(client, account, "deces-annule", Death.objects.get().pk)
    assert not Death.objects.exists()


def test_a_threat_shows_a_banner_and_only_a_head_lifts_it(account: Account, log_in: LogIn) -> None:
    client = log_in("officer")
    page = post(client, account, "signal", kind="threat", reason="Menaces au guichet")
    assert "Dossier restreint" in page.content.decode()
    flag = PersonFlag.objects.get()
    assert post(client, account, "signal-leve", flag.pk).status_code == 403
    assert (
        "Dossier restreint"
        not in post(log_in("agency_head"), account, "signal-leve", flag.pk).content.decode()
    )


@pytest.mark.parametrize("code", list(GUIDES))
def test_consequences_are_shown_before_validating(account: Account, log_in: LogIn, code: str) -> None:
    person = account.person
    party = AccountParty.objects.create(
        account=account, person=factories.person(account.office), role="spouse"
    )
    made = {
        AccountParty: party,
        LegalProtection: LegalProtection.objects.create(person=person, started_on=TODAY),
        Death: Death.objects.create(person=person, learned_on=TODAY),
        PersonFlag: PersonFlag.objects.create(person=person, kind="fragile", reason="x", raised_on=TODAY),
    }
    target = made.get(GUIDES[code].model)
    args = [code, target.pk, account.ref] if target else [code, account.ref]
    name = "situation_of" if target else "situation"
    text = log_in("officer").get(reverse(name, args=args)).content.decode()
    assert "Ce que cela change" in text


def test_nobody_reaches_a_person_of_another_account(account: Account, house: House, log_in: LogIn) -> None:
    other = factories.account(house.other_office)
    url = reverse("situation_of", args=["deces", other.person_id, account.ref])
    assert log_in("officer").get(url).status_code == 404
    assert log_in("officer_south").get(reverse("situation", args=["deces", account.ref])).status_code == 404
    assert log_in("auditor").get(reverse("situation", args=["deces", account.ref])).status_code == 403
