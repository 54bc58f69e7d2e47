"""Personnes et situations on the fiche, and the guided states."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from amiable.accounts.models import Account, AccountParty
from amiable.cases.models import Dossier
from amiable.cases.services import save_partner, upload_piece
from amiable.core.models import Office
from amiable.correspondence import store
from amiable.correspondence.models import OutboxItem
from amiable.diary import disputes
from amiable.diary.models import Dispute
from amiable.guarantees.models import Guarantee
from amiable.parties.models import Death, LegalProtection, PersonFlag
from amiable.positions.models import AccountPosition
from amiable.procedures.services import install_defaults
from amiable.web.situations.actions import GUIDES
from tests import factories
from tests.web.conftest import TODAY, House

LogIn = Callable[[str], Client]


@pytest.fixture
def account(house: House) -> Account:
    Office.objects.filter(pk=house.office.pk).update(
        address="1 place du Bailleur\n69001 Lyon", phone="01 99 00 00 00", email="contact@exemple.fr"
    )
    house.office.refresh_from_db()
    return factories.account(house.office, "L000112", agency=house.north)


def post(client: Client, account: Account, code: str, pk: int | None = None, **data: str):
    args = [code, pk, account.ref] if pk else [code, account.ref]
    data["version"] = str(Account.objects.get(pk=account.pk).version)
    return client.post(reverse("situation_of" if pk else "situation", args=args), data, follow=True)


def test_a_roommate_is_added_and_leaves(account: Account, log_in: LogIn) -> None:
    client = log_in("officer")
    page = post(client, account, "personne", role="roommate", last_name="Vallin", first_name="Emma")
    assert '<span class="tag accent">colocation</span>' in page.content.decode()
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


def contested(account: Account, house: House) -> Dispute:
    return disputes.open_dispute(
        account=account,
        motive="charges",
        reason="Relevé d’eau à vérifier",
        disputed_cents=31_000,
        actor=house["officer"],
        today=TODAY,
    )


def test_a_dispute_is_answered_by_a_letter_with_its_remedies(
    account: Account, house: House, log_in: LogIn
) -> None:
    factories.position(account, TODAY, overdue=60_000)
    dispute = contested(account, house)
    client = log_in("officer")
    fiche = client.get(reverse("account", args=[account.ref])).content.decode()
    assert "Contestation : régularisation de charges" in fiche and "trancher et répondre" in fiche
    reasons = "Le relevé du compteur a été vérifié sur place."
    post(client, account, "trancher", dispute.pk, decision="unfounded", reasons=reasons, send="on")
    pages = PdfReader(io.BytesIO(store.read(OutboxItem.objects.get().document))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "310,00" in text and reasons in text and "conciliation" in text and "pas fondée" in text
    assert not account.holds.filter(lifted_on=None).exists()


def test_the_notary_gets_the_account_of_the_estate(account: Account, log_in: LogIn) -> None:
    install_defaults(office=account.office, today=TODAY)
    factories.position(account, TODAY, overdue=60_000)
    factories.debit(account, TODAY, 60_000)
    client, notary = log_in("officer"), {"last_name": "Aubry", "address": "1 rue Fictive\n69000 LYON"}
    post(client, account, "deces", learned_on=TODAY.isoformat(), **notary)
    for _ in range(2):
        post(client, account, "succession", channel="post")
    item = OutboxItem.objects.get()
    pages = PdfReader(io.BytesIO(store.read(item.document))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert item.person.last_name == "Aubry" and "succession de Samira DURAND" in text and "600,00" in text


@pytest.mark.parametrize("code", list(GUIDES))
def test_consequences_are_shown_before_validating(
    account: Account, house: House, log_in: LogIn, code: str
) -> None:
    person = account.person
    party = AccountParty.objects.create(
        account=account, person=factories.person(account.office), role="spouse"
    )
    made = {
        AccountParty: party,
        LegalProtection: LegalProtection.objects.create(person=person, started_on=TODAY),
        Death: Death.objects.create(person=person, learned_on=TODAY),
        PersonFlag: PersonFlag.objects.create(person=person, kind="fragile", reason="x", raised_on=TODAY),
        Dispute: contested(account, house),
        Guarantee: Guarantee.objects.create(
            account=account, scheme="visale", number="A1", starts_on=TODAY, instalments=9
        ),
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


def test_a_guarantee_is_noted_called_and_what_it_paid_is_shown_apart(account: Account, log_in: LogIn) -> None:
    client = log_in("officer")
    install_defaults(office=account.office, today=TODAY)
    factories.terms(account)
    for due_on in (date(2026, 10, 10), date(2026, 11, 10)):
        factories.debit(account, due_on, 30_000, is_net=True)
    save_partner(
        office=account.office, kind="action_logement", code="AL", name="Action Logement Services",
        address="1 quai\n69001 Lyon", actor=None,
    )  # fmt: skip
    page = post(
        client, account, "garantie", scheme="visale", number="A1", starts_on="2025-09-01", is_student="oui"
    )
    assert "Visale n° A1" in page.content.decode()
    again = post(client, account, "garantie", scheme="visale", number="A2", starts_on="2026-01-01")
    assert "déjà ces dates" in again.content.decode()
    opened = client.post(
        reverse("dossier_start", args=["action_logement", account.ref]), {"version": _version(account)}
    )
    assert opened.status_code == 302
    dossier = Dossier.objects.get()
    text = client.get(reverse("dossier", args=[dossier.pk])).content.decode()
    assert "9 mensualités sur 9 encore garanties" in text and "AL-02" in text
    for code in ("mise_en_demeure", "bail"):
        upload_piece(
            dossier=dossier, code=code, content=b"%PDF-1.4", media_type="application/pdf",
            actor=dossier.created_by, today=TODAY,
        )  # fmt: skip
    dossier.refresh_from_db()
    preview = client.get(reverse("dossier_preview", args=[dossier.pk, "garantie_appel"]))
    said = PdfReader(io.BytesIO(preview.getvalue())).pages[0].extract_text()
    assert "600,00" in said and "Visale n° A1" in said
    sent = client.post(
        reverse("dossier_send", args=[dossier.pk]),
        {"version": _version(account), "way": "portal", "on": TODAY.isoformat()},
    )
    assert sent.status_code == 302
    answer = reverse("dossier_answer", args=[dossier.pk, "partiel"])
    typed = {
        "on": TODAY.isoformat(),
        "f_montant": "450,00",
        "f_au_compte": "non",
        "version": _version(account),
    }
    assert client.post(answer, typed).status_code == 302
    text = client.get(reverse("account", args=[account.ref])).content.decode()
    assert "Payé par le garant" in text and "jamais relancés ici" in text
    assert AccountPosition.objects.get(account=account).actionable_cents == 15_000


def _version(account: Account) -> str:
    return str(Account.objects.get(pk=account.pk).version)


def test_a_caution_is_added_with_why_she_is_allowed_and_for_whom_she_answers(
    account: Account, log_in: LogIn
) -> None:
    client = log_in("officer")
    post(client, account, "personne", role="roommate", last_name="Vallin", first_name="Emma")
    emma = AccountParty.objects.get().person
    refused = post(client, account, "caution", last_name="Vallin", first_name="Hélène")
    assert refused.status_code == 422
    page = post(
        client, account, "caution", last_name="Vallin", first_name="Hélène", basis="student",
        answers_for=str(emma.pk), address="9 chemin des Vignes\n42000 Valmont",
    )  # fmt: skip
    text = page.content.decode()
    assert "pour un étudiant non boursier" in text and "DUN-07" in text
    party = AccountParty.objects.get(role="guarantor")
    assert (party.answers_for, party.person.is_company) == (emma, False)
    post(client, account, "caution", last_name="Garantie Tous", basis="body")
    assert AccountParty.objects.get(basis="body").person.is_company
