"""The screens of dossiers: opened, sent, answered; limits and their feed; the social worker's own notes."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.cases import services
from amiable.cases.models import Dossier
from amiable.core.models import PrivateLink
from amiable.diary.doings import log_call
from amiable.positions import services as positions
from amiable.procedures.services import install_defaults
from tests import factories
from tests.web.conftest import TODAY

PDF = b"%PDF-1.7 fictif"


@pytest.fixture
def account(house) -> Account:
    """A tenant in tiers payant, constituted on 1 November: to be signalled by 1 January 2027."""
    install_defaults(office=house.office, today=date(2026, 1, 1))
    house.office.address, house.office.phone = "1 place du Bailleur\n69001 Lyon", "01 99 00 12 34"
    house.office.signatory, house.office.payment_means = "N. Garnier", "carte bancaire en ligne"
    house.office.email = "contact@deux-rives.exemple.fr"
    house.office.save()
    made = factories.account(house.office, "D-001", agency=house.north, officer=house["officer"])
    factories.terms(made, aid=5_000, third_party=True)
    for month in (10, 11):
        factories.debit(made, date(2026, month, 1), 25_000, is_net=True)
    factories.contact(made.person)
    for kind in ("caf", "ccapex"):
        services.save_partner(
            office=house.office, kind=kind, code="421", name=f"{kind.upper()} test",
            address="5 rue\n42000 Valmont", actor=None,
        )  # fmt: skip
    positions.refresh(office=house.office, as_of=TODAY)
    log_call(account=made, outcome="reached", actor=house["officer"], today=TODAY)
    made.refresh_from_db()
    return made


def version(account: Account) -> int:
    return Account.objects.values_list("version", flat=True).get(pk=account.pk)


def opened(account: Account, house, kind: str = "caf") -> Dossier:
    return services.open_dossier(account=account, kind=kind, actor=house["officer"], today=TODAY)


def test_prepare_from_the_fiche_opens_the_one_dossier(account, log_in):
    client = log_in("officer")
    page = client.get(reverse("account", args=["D-001"]))
    assert reverse("dossier_start", args=["caf", "D-001"]) in page.content.decode()
    url = reverse("dossier_start", args=["caf", "D-001"])
    assert client.get(url).status_code == 200
    done = client.post(url, {"version": version(account)})
    made = Dossier.objects.get()
    assert done.url == reverse("dossier", args=[made.pk])
    assert client.get(url).url == done.url


def test_the_page_says_limit_pieces_regime_and_next_action(account, house, log_in):
    made = opened(account, house)
    text = log_in("officer").get(reverse("dossier", args=[made.pk])).content.decode()
    for said in (
        "01/01/2027",
        "CAF-04",
        "CAF-02",
        "Envoyer le dossier",
        "Démarches déjà tentées",
        "CAF test",
    ):
        assert said in text


def test_preview_export_and_whole_file(account, house, log_in):
    made = opened(account, house)
    client = log_in("officer")
    assert client.get(reverse("dossier_preview", args=[made.pk, "caf_signalement"])).content.startswith(
        b"%PDF"
    )
    csv = client.get(reverse("dossier_export", args=[made.pk, "signalement.csv"])).content.decode("utf-8-sig")
    assert "D-001" in csv and "CAF-02" in csv
    assert client.get(reverse("dossier_zip", args=[made.pk])).content.startswith(b"PK")


def test_send_with_proof_then_answer_with_its_letter(account, house, log_in):
    made = opened(account, house)
    client = log_in("officer")
    sent = {"version": version(account), "way": "portal", "on": TODAY.isoformat(), "reference": "R-1"}
    client.post(reverse("dossier_send", args=[made.pk]), {**sent, "proof": SimpleUploadedFile("a.pdf", PDF)})
    made.refresh_from_db()
    assert (made.stage, made.reference) == ("sent", "R-1")
    assert account.diary.get(kind="dossier", step="signalement_caf").document.code == "preuve_dossier"
    url = reverse("dossier_answer", args=[made.pk, "plan_demande"])
    assert client.post(url, {"version": version(account), "on": TODAY.isoformat()}).status_code == 422
    letter = SimpleUploadedFile("l.pdf", PDF)
    client.post(url, {"version": version(account), "on": TODAY.isoformat(), "document": letter})
    made.refresh_from_db()
    assert (made.answer, made.limit_on) == ("plan_demande", date(2027, 5, 22))
    thread = client.get(reverse("account", args=["D-001"])).content.decode()
    assert "la caisse demande un plan" in thread


def test_a_stale_screen_is_told_and_changes_nothing(account, house, log_in):
    made = opened(account, house)
    answer = log_in("officer").post(
        reverse("dossier_close", args=[made.pk]), {"version": 0, "reason": "Réglé.", "abandoned": "on"}
    )
    made.refresh_from_db()
    assert answer.status_code == 422 and made.stage == "ready"


def test_the_office_list_filters_exports_and_sends_a_batch(account, house, log_in):
    made = opened(account, house)
    client = log_in("officer")
    assert "D-001" in client.get(reverse("dossiers"), {"type": "caf", "etape": "ready"}).content.decode()
    assert "D-001" not in client.get(reverse("dossiers"), {"type": "ccapex"}).content.decode()
    assert b"D-001" in client.get(reverse("dossiers_csv")).content
    answer = client.post(reverse("dossiers_batch"), {"dossier": [made.pk], "way": "portal"})
    assert answer.content.startswith(b"PK")
    made.refresh_from_db()
    assert made.stage == "sent"


def test_other_agency_and_other_office_see_nothing(account, house, log_in):
    made = opened(account, house)
    for who in ("officer_south", "stranger"):
        client = log_in(who)
        assert client.get(reverse("dossier", args=[made.pk])).status_code == 404
        assert "D-001" not in client.get(reverse("dossiers")).content.decode()
        assert "D-001" not in client.get(reverse("limits")).content.decode()


def test_the_colleague_is_refused(account, log_in):
    for name in ("dossiers", "limits", "social_inbox"):
        assert log_in("colleague").get(reverse(name)).status_code == 403


def social(account: Account, house, log_in) -> Dossier:
    data = {"version": version(account), "f_motif": "isolement", "f_attendu": "Reprendre contact.",
            "f_consentement": "a_demander", "is_urgent": "on"}  # fmt: skip
    log_in("officer").post(reverse("dossier_start", args=["social", "D-001"]), data)
    return Dossier.objects.get(kind="social")


def test_the_social_worker_answers_and_her_notes_are_hers_alone(account, house, log_in):
    made = social(account, house, log_in)
    assert made.stage == "sent" and made.is_urgent
    assert account.diary.filter(step="orientation_sociale").count() == 1
    her = log_in("social_worker")
    assert "Reprendre contact" in her.get(reverse("social_inbox")).content.decode()
    her.post(reverse("dossier_social_note", args=[made.pk]), {"version": 1, "text": "SECRET-ABC"})
    page = reverse("dossier", args=[made.pk])
    assert "SECRET-ABC" in her.get(page).content.decode()
    others = ("officer", "agency_head", "service_head", "litigation", "auditor", "admin")
    for who in others:
        client = log_in(who)
        assert "SECRET-ABC" not in client.get(page).content.decode()
        assert (
            "SECRET-ABC" not in client.get(reverse("account", args=["D-001"]) + "?fil=tout").content.decode()
        )
        assert client.post(reverse("dossier_social_note", args=[made.pk]), {"text": "x"}).status_code == 403
        assert client.get(reverse("social_inbox")).status_code == 403
    second = factories.user(house.office, "social_worker", name="second")
    client = log_in("social_worker")
    client.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    assert "SECRET-ABC" not in client.get(page).content.decode()


def test_the_officer_cannot_conclude_for_her(account, house, log_in):
    made = social(account, house, log_in)
    url = reverse("dossier_answer", args=[made.pk, "refus"])
    data = {"version": version(account), "on": TODAY.isoformat()}
    assert log_in("officer").post(url, data).status_code == 403
    log_in("social_worker").post(url, data)
    made.refresh_from_db()
    assert (made.stage, made.answer) == ("closed", "refus")


def test_limits_are_found_in_two_clicks_with_article_and_consequence(account, house, log_in):
    client = log_in("officer")
    menu = client.get(reverse("day")).content.decode()
    assert reverse("limits") in menu
    text = client.get(reverse("limits")).content.decode()
    assert "01/01/2027" in text and "R824-4" in text and "Pénalité" in text
    opened(account, house)
    again = client.get(reverse("limits")).content.decode()
    assert again.count("CAF-04") == text.count("CAF-04")
    assert "D-001" not in client.get(reverse("limits"), {"jours": "7"}).content.decode()


def test_the_feed_opens_by_its_address_only_and_holds_no_name(account, house, log_in, client):
    log_in("officer").post(reverse("limits_link", args=["mes-limites"]))
    link = PrivateLink.objects.get()
    url = reverse("limits_feed", args=["mes-limites", link.token])
    text = client.get(url).content.decode()
    assert "BEGIN:VEVENT" in text and "20270101" in text and "Durand" not in text and "DURAND" not in text
    assert client.get(reverse("limits_feed", args=["limites-office", link.token])).status_code == 404
    log_in("officer").post(reverse("limits_link", args=["mes-limites"]), {"renew": "1"})
    assert client.get(url).status_code == 404


def test_queries_of_the_list_do_not_grow(account, house, log_in, django_assert_max_num_queries):
    for number in range(12):
        other = factories.account(house.office, f"Q{number}", agency=house.north)
        Dossier.objects.create(office=house.office, account=other, kind="ccapex", opened_on=TODAY)
    client = log_in("officer")
    with django_assert_max_num_queries(20):
        client.get(reverse("dossiers"))
    with django_assert_max_num_queries(25):
        client.get(reverse("limits"))


def test_the_fund_s_criteria_are_told_line_by_line(account, house, log_in):
    Account.objects.filter(pk=account.pk).update(postcode="45990")
    fund = opened(account, house, "fsl")
    page = log_in("officer").get(reverse("dossier", args=[fund.pk])).content.decode()
    assert "Les règles de ce département ne sont pas renseignées" in page
    Account.objects.filter(pk=account.pk).update(postcode="69003")
    page = log_in("officer").get(reverse("dossier", args=[fund.pk])).content.decode()
    assert "Loyer courant repris depuis 3 mois" in page and "non rempli" in page
    assert reverse("law_rule", args=["FSL-02"]) in page
