"""The interview on screen: what is typed is kept, its figures come at once, nothing missing blocks it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from amiable.core.models import Office
from amiable.diary.models import Promise
from amiable.household.models import Assessment, Draft
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY, seen

TYPED = {
    "place": "agency",
    "cause": "unemployment",
    "holder_age": "41",
    "member_1_role": "child",
    "member_1_age": "9",
    "member_1_custody": "50",
    "rent": "520",
    "rent_charges": "80",
    "aid": "250,00",
    "resource_salary": "1 500",
    "resource_salary_seen": "on",
    "resource_salary_on": "2026-11-02",
    "charge_energy": "95,5",
    "charge_energy_seen": "on",
    "stance": "agrees",
    "commitment": "none",
    "orientation": "conjoncturel",
    "summary": "Reprise d’emploi prévue en janvier",
    "letter": "",
}


@pytest.fixture
def account(house):
    install_defaults(office=house.office, today=TODAY)
    Office.objects.filter(pk=house.office.pk).update(
        address="1 place du Bailleur, 69001 Lyon",
        phone="01 99 00 12 34",
        email="contact@deux-rives.exemple.fr",
        signatory="N. Garnier",
        payment_means="virement, chèque",
        payment_iban="FR0000000000000000000000000",
    )
    made = factories.account(house.office, "C0012345", agency=house.north, officer=house["officer"])
    factories.terms(made, rent=52_000, charges=8_000, aid=25_000)
    factories.position(made, TODAY, overdue=60_000)
    return made


def post(client, account, **more):
    account.refresh_from_db()
    return client.post(reverse("interview", args=[account.ref]), TYPED | {"version": account.version} | more)


def test_the_form_opens_with_what_the_office_knows(account, log_in):
    page = log_in("officer").get(reverse("interview", args=[account.ref])).content.decode()
    assert 'value="520,00"' in page
    assert 'value="250,00"' in page
    assert "600,00\u00a0€" in page
    assert "Compléter le budget".lower() in page


def test_recorded_it_is_read_back_with_formulas_and_sources(account, log_in):
    client = log_in("officer")
    response = post(client, account)
    made = Assessment.objects.get()
    assert response.url == reverse("assessment", args=[made.pk])
    assert [line["proof_on"] for line in made.situation["resources"]] == ["2026-11-02"]
    assert made.situation["charges"][0]["proof_on"] == TODAY.isoformat()  # ticked without its date
    assert made.situation["members"][1]["custody_percent"] == 50
    page = client.get(response.url).content.decode()
    for words in (
        "200,42\u00a0€ par mois",
        "R731-1",
        "520,00\u00a0€ de loyer",
        "Reprise d’emploi",
        "95,50\u00a0€",
    ):
        assert words in page
    fiche = client.get(reverse("account", args=[account.ref])).content.decode()
    assert "Entretien à l’agence" in fiche
    assert "Capacité de remboursement : 200,42\u00a0€ par mois." in fiche


def test_nothing_missing_prevents_recording(account, log_in):
    bare = dict.fromkeys(TYPED, "") | {"place": "phone", "commitment": "none"}
    assert post(log_in("officer"), account, **bare).status_code == 302
    made = Assessment.objects.get()
    assert (made.cause, made.orientation_proposed) == ("", "")


def test_figures_and_draft_while_one_types(account, log_in):
    client, url = log_in("officer"), reverse("interview_live", args=[account.ref])
    page = client.post(url, TYPED).content.decode()
    assert "200,42\u00a0€ par mois" in page
    assert 'hx-swap-oob="true"' in page
    assert Draft.objects.get().values["resource_salary"] == "1 500"
    half = client.post(url, TYPED | {"resource_salary": "12 x", "cause": ""}).content.decode()
    assert "la cause n’est pas indiquée" in half.lower()
    again = client.get(reverse("interview", args=[account.ref])).content.decode()
    assert 'value="12 x"' in again
    assert "est reprise" in again
    client.post(reverse("interview_restart", args=[account.ref]))
    assert not Draft.objects.exists()


def test_a_colleague_s_talk_is_told_and_the_second_record_is_warned(house, account, log_in):
    head, officer = log_in("agency_head"), log_in("officer")
    head.post(reverse("interview_live", args=[account.ref]), TYPED)
    page = officer.get(reverse("interview", args=[account.ref])).content.decode()
    assert "a aussi un entretien en cours" in page
    before = account.version
    post(head, account)
    refused = officer.post(reverse("interview", args=[account.ref]), TYPED | {"version": before})
    assert refused.status_code == 422
    assert "Rien n’a été écrasé" in refused.content.decode()
    assert 'value="1 500"' in refused.content.decode()
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"resource_salary": "12 x"}, "n’est pas un montant"),
        ({"resource_salary": "-5"}, "doit être positif"),
        ({"resource_salary_on": "2026-12-01"}, "daté de l’avenir"),
        ({"summary": "C’est un mauvais payeur"}, "ne pas garder"),
        ({"commitment": "promise"}, "Indiquez le montant promis"),
        (
            {"commitment": "promise", "commitment_cents": "9 000", "commitment_on": "2026-12-05"},
            "plus que ce que doit",
        ),
        ({"member_1_role": "partner", "member_2_role": "partner"}, "Un seul conjoint"),
        ({"debt_1": "50"}, "Indiquez la nature de la dette 1"),
    ],
)
def test_a_slip_is_said_beside_its_field_and_nothing_is_lost(account, log_in, more, words):
    response = post(log_in("officer"), account, **more)
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "Reprise d’emploi" in page or "summary" in more
    assert not Assessment.objects.exists()


def test_a_promise_made_there_is_followed(account, log_in):
    post(log_in("officer"), account, commitment="promise", commitment_cents="150", commitment_on="2026-12-05")
    assert Promise.objects.get().amount_cents == 15_000


def test_the_next_talk_compares_and_asks_for_documents_again(account, log_in):
    client = log_in("officer")
    post(client, account)
    page = client.get(reverse("interview", args=[account.ref])).content.decode()
    assert 'value="1\u202f500,00"' in page
    assert 'name="resource_salary_seen" id="id_resource_salary_seen" checked' not in page
    post(client, account, resource_salary="1 900")
    newest = Assessment.objects.order_by("-pk").first()
    page = client.get(reverse("assessment", args=[newest.pk])).content.decode()
    assert "Ce qui a changé" in page
    assert "1\u202f500,00\u00a0€" in page
    assert client.get(reverse("assessments", args=[account.ref])).content.decode().count("<tr>") == 3


def test_the_confirmation_and_the_sheet_are_documents_made_once(account, log_in):
    client = log_in("officer")
    page = client.get(post(client, account, letter="hand").url).content.decode()
    made = Assessment.objects.get()
    assert "n’a pas été faite" not in page
    assert made.letter is not None
    first = client.get(reverse("assessment_sheet", args=[made.pk]))
    assert client.get(reverse("assessment_sheet", args=[made.pk])).url == first.url
    assert client.get(first.url).content.startswith(b"%PDF")


def test_the_officer_decides_the_orientation(account, log_in):
    client = log_in("officer")
    post(client, account, orientation="")
    made = Assessment.objects.get()
    client.post(reverse("assessment_orient", args=[made.pk]), {"orientation": "structurel", **seen(account)})
    made.refresh_from_db()
    assert made.orientation_decided == "structurel"
    client.post(reverse("assessment_orient", args=[made.pk]), {"orientation": "exclusion", **seen(account)})
    made.refresh_from_db()
    assert made.orientation_decided == "structurel"


def test_who_may(account, log_in):
    post(log_in("officer"), account)
    made = Assessment.objects.get()
    urls = (reverse("assessment", args=[made.pk]), reverse("assessments", args=[account.ref]))
    wanted = {
        "officer": 200,
        "auditor": 200,
        "social_worker": 200,
        "colleague": 403,
        "officer_south": 404,
        "stranger": 404,
    }
    for role, status in wanted.items():
        client = log_in(role)
        for url in urls:
            assert client.get(url).status_code == status, (role, url)
    for role, status in {"auditor": 403, "social_worker": 403, "officer_south": 404}.items():
        assert log_in(role).get(reverse("interview", args=[account.ref])).status_code == status
        assert log_in(role).post(reverse("interview_live", args=[account.ref])).status_code == status
    erase = reverse("assessment_erase", args=[made.pk])
    assert log_in("officer").post(erase).status_code == 403
    assert log_in("agency_head").post(erase, seen(account)).status_code == 302
    assert not Assessment.objects.exists()
