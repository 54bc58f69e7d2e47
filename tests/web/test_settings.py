"""Réglages: an office sets itself up; accesses open and close without ever locking everybody out."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from amiable.core import clock
from amiable.core.models import Agency, AuditEvent, Office, User
from amiable.core.offices import change_user, open_or_close
from amiable.core.users import officer_from_list
from amiable.domain.errors import DomainError
from amiable.parties.models import MergeProposal
from amiable.procedures import services as procedures
from tests import factories
from tests.web.conftest import TODAY

GOOD_IBAN = "FR76 1234 5987 6501 2345 6789 014"
OFFICE = {"name": "Habitat des Deux Rives", "territory": "FR"}


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_what_the_letters_lack_is_said(house, log_in):
    procedures.install_defaults(office=house.office, today=TODAY)
    Office.objects.filter(pk=house.office.pk).update(address="", signatory="", payment_means="")
    page = log_in("service_head").get(reverse("settings")).content.decode()
    for lacking in ("Adresse de l’office", "Signataire", "Téléphone de contact", "Moyens de paiement"):
        assert f"<li>{lacking}" in page
    assert "Il manque" not in log_in("officer").get(reverse("settings")).content.decode()


def test_the_letterhead_is_saved_and_written_in_the_journal(house, log_in):
    values = OFFICE | {"address": "1 quai des Deux Rives\n69000 Lyon", "payment_iban": GOOD_IBAN}
    assert log_in("admin").post(reverse("settings_office"), values).status_code == 302
    office = Office.objects.get(pk=house.office.pk)
    assert office.payment_iban == "FR7612345987650123456789014"
    event = AuditEvent.objects.get(verb="office.changed")
    assert event.data["changed"]["payment_iban"] == ["", office.payment_iban]
    assert event.data["changed"]["address"] == [house.office.address, office.address]


@pytest.mark.parametrize("iban", ["FR00 1234 5987 6501 2345 6789 014", "FR76", "12", "XX1234567890123456"])
def test_a_wrong_iban_is_refused_beside_its_field(house, log_in, iban):
    response = log_in("admin").post(reverse("settings_office"), OFFICE | {"payment_iban": iban})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Rien n’a été enregistré" in page
    assert 'href="#id_payment_iban"' in page
    assert Office.objects.get(pk=house.office.pk).payment_iban == ""


def test_an_agency_is_added_once_and_its_code_stays(house, log_in):
    client = log_in("service_head")
    card = {"code": "EST", "name": "Agence Est", "address": "", "phone": "01 99 00 00 01"}
    client.post(reverse("settings_agency_add"), card)
    made = Agency.objects.get(office=house.office, code="EST")
    assert client.post(reverse("settings_agency_add"), card).status_code == 422
    client.post(reverse("settings_agency", args=[made.pk]), card | {"code": "OUEST", "name": "Est et Ouest"})
    made.refresh_from_db()
    assert (made.code, made.name) == ("EST", "Est et Ouest")
    assert verbs() == ["agency.added", "agency.changed"]


NEW = {"name": "h.roche", "full_name": "Hugo Roche", "email": "hugo@exemple.fr", "role": "officer"}


def provisional(response):
    return re.search(r"<code>([^<]+)</code>", response.content.decode())[1]


def test_a_new_user_logs_in_with_the_password_shown_once(house, log_in):
    response = log_in("admin").post(reverse("settings_user_add"), NEW | {"agencies": [house.north.pk]})
    password = provisional(response)
    assert "no-store" in response["Cache-Control"]
    made = User.objects.get(username="h.roche")
    assert (made.office, made.role, made.get_full_name()) == (house.office, "officer", "Hugo Roche")
    assert list(made.agencies.all()) == [house.north]
    page = Client().post(reverse("login"), {"username": "h.roche", "password": password})
    assert page.status_code == 302
    assert password not in str(list(AuditEvent.objects.values()))


def test_an_officer_known_from_a_list_receives_an_access_and_keeps_their_accounts(house, log_in):
    known, _ = officer_from_list(office=house.office, code="MOREL")
    account = factories.account(house.office, "C1", officer=known)
    client = log_in("admin")
    page = client.get(reverse("settings_users")).content.decode()
    assert f'href="{reverse("settings_user_add")}?code=MOREL"' in page
    client.post(reverse("settings_user_add"), NEW | {"name": "MOREL"})
    account.refresh_from_db()
    assert account.officer.username == "MOREL"
    assert account.officer.can_log_in


def test_the_same_name_twice_is_refused(house, log_in):
    client = log_in("admin")
    client.post(reverse("settings_user_add"), NEW)
    response = client.post(reverse("settings_user_add"), NEW)
    assert response.status_code == 422
    assert "existe déjà" in response.content.decode()


def test_role_and_agencies_change(house, log_in):
    officer = house["officer"]
    values = {"full_name": "Claire Morel", "role": "agency_head", "agencies": [house.south.pk]}
    log_in("service_head").post(reverse("settings_user", args=[officer.pk]), values)
    officer.refresh_from_db()
    assert (officer.role, officer.get_full_name()) == ("agency_head", "Claire Morel")
    assert list(officer.agencies.all()) == [house.south]


def test_nobody_changes_their_own_role_or_closes_their_own_access(house, log_in):
    admin = house["admin"]
    client = log_in("admin")
    response = client.post(
        reverse("settings_user", args=[admin.pk]), {"full_name": "Moi", "role": "service_head"}
    )
    assert response.status_code == 422
    client.post(reverse("settings_user_access", args=[admin.pk]))
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("admin", True)


def test_an_office_keeps_somebody_who_manages_it(house, log_in):
    admin, head = house["admin"], house["service_head"]
    log_in("admin").post(reverse("settings_user_access", args=[head.pk]))
    assert not User.objects.get(pk=head.pk).is_active
    # Out by now, the head had opened the page before: the last one who manages stays.
    for change in (
        lambda: change_user(
            user=admin, role="officer", agencies=[], full_name="A", email="", actor=head, now=clock.now()
        ),
        lambda: open_or_close(user=admin, is_active=False, actor=head, now=clock.now()),
    ):
        with pytest.raises(DomainError, match="au moins un administrateur"):
            change()


def test_a_closed_access_logs_nobody_in_and_reopens(house, log_in):
    officer, client = house["officer"], log_in("admin")
    session = log_in("officer")
    client.post(reverse("settings_user_access", args=[officer.pk]))
    credentials = {"username": "officer", "password": factories.PASSWORD}
    assert Client().post(reverse("login"), credentials).status_code == 200
    assert session.get(reverse("day")).status_code == 302
    client.post(reverse("settings_user_access", args=[officer.pk]))
    assert Client().post(reverse("login"), credentials).status_code == 302


def test_a_provisional_password_replaces_the_former(house, log_in):
    response = log_in("admin").post(reverse("settings_user_reset", args=[house["officer"].pk]))
    old = {"username": "officer", "password": factories.PASSWORD}
    assert Client().post(reverse("login"), old).status_code == 200
    assert Client().post(reverse("login"), old | {"password": provisional(response)}).status_code == 302


def test_all_accounts_of_an_officer_pass_to_a_colleague(house, log_in):
    officer, colleague = house["officer"], house["officer_south"]
    for ref in ("C1", "C2"):
        factories.position(factories.account(house.office, ref, officer=officer), TODAY)
    url = reverse("settings_user_hand_over", args=[officer.pk])
    log_in("service_head").post(url, {"to": colleague.pk})
    assert colleague.accounts.count() == 2
    assert set(colleague.accounts.values_list("position__officer_id", flat=True)) == {colleague.pk}
    assert AuditEvent.objects.get(verb="user.accounts_handed_over").data["accounts"] == 2


def test_accounts_never_pass_to_another_office(house, log_in):
    officer = house["officer"]
    account = factories.account(house.office, "C1", officer=officer)
    url = reverse("settings_user_hand_over", args=[officer.pk])
    assert log_in("service_head").post(url, {"to": house["stranger"].pk}).status_code == 404
    account.refresh_from_db()
    assert account.officer == officer


def test_one_changes_ones_own_password_and_stays_logged_in(house, log_in):
    client = log_in("officer")
    url, new = reverse("settings_password"), "une phrase longue et neuve"
    wrong = client.post(url, {"present": "non", "chosen": new, "again": new})
    assert "n’est pas le bon" in wrong.content.decode()
    weak = client.post(url, {"present": factories.PASSWORD, "chosen": "court", "again": "court"})
    assert weak.status_code == 422
    differ = client.post(url, {"present": factories.PASSWORD, "chosen": new, "again": "autre"})
    assert "diffèrent" in differ.content.decode()
    assert client.post(url, {"present": factories.PASSWORD, "chosen": new, "again": new}).status_code == 302
    assert client.get(reverse("settings")).status_code == 200
    assert Client().post(reverse("login"), {"username": "officer", "password": new}).status_code == 302


@pytest.fixture
def pair(house):
    """Two persons of the north who look like one, each with an account."""
    first, second = (factories.person(house.office, "Rossi", name) for name in ("Inès", "Ines"))
    factories.account(house.office, "R1", person=first, agency=house.north)
    factories.account(house.office, "R2", person=second, agency=house.north)
    return MergeProposal.objects.create(
        office=house.office, first=first, second=second, reason="même nom, même téléphone"
    )


def test_two_persons_become_one_when_somebody_says_so(house, log_in, pair, monkeypatch):
    refreshed = []
    monkeypatch.setattr(
        "amiable.web.settings.actions.refresh_now", lambda **k: refreshed.append(k["account_ids"])
    )
    client = log_in("officer")
    page = client.get(reverse("settings_merges")).content.decode()
    assert "même nom, même téléphone" in page
    client.post(reverse("settings_merge", args=[pair.pk]), {"choice": "second"})
    pair.refresh_from_db()
    assert (pair.status, pair.decided_by) == ("accepted", house["officer"])
    assert set(pair.second.accounts.values_list("ref", flat=True)) == {"R1", "R2"}
    assert len(refreshed[0]) == 2


def test_two_persons_stay_two_when_somebody_says_so(house, log_in, pair):
    client = log_in("officer")
    client.post(reverse("settings_merge", args=[pair.pk]), {"choice": "refuse"})
    pair.refresh_from_db()
    assert pair.status == "refused"
    assert pair.first.accounts.count() == 1
    assert client.post(reverse("settings_merge", args=[pair.pk]), {"choice": "first"}).status_code == 404


def test_a_pair_of_another_agency_is_nobody_elses(house, log_in, pair):
    client = log_in("officer_south")
    assert "Rossi" not in client.get(reverse("settings_merges")).content.decode()
    assert client.post(reverse("settings_merge", args=[pair.pk]), {"choice": "first"}).status_code == 404
