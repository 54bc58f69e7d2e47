"""What one person does not change alone: the account paid, the roles that decide, somebody's password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from amiable.accounts.models import Account
from amiable.core import access, clock, second_look
from amiable.core.access import holders
from amiable.core.models import AuditEvent, SensitiveChange, User
from amiable.core.offices import open_or_close, provisional_password
from amiable.domain.errors import DomainError
from amiable.jobs.models import Job
from amiable.jobs.services import claim, run
from tests import factories

FORMER, OTHER = "FR7612345987650123456789014", "FR1420041010050500013M02606"
OFFICE = {"name": "Habitat des Deux Rives", "territory": "FR"}


def iban_of(house):
    house.office.refresh_from_db()
    return house.office.payment_iban


@pytest.fixture
def paid(house):
    house.office.payment_iban, house.office.email = FORMER, "accueil@exemple.fr"
    house.office.save()
    User.objects.filter(pk=house["officer"].pk).update(email="officer@exemple.fr")
    return house


def ask_for(client, iban=OTHER):
    return client.post(reverse("settings_office"), OFFICE | {"payment_iban": iban})


def decide(client, choice):
    change = SensitiveChange.objects.get(status="waiting")
    return client.post(reverse("settings_confirm", args=[change.pk]), {"choice": choice})


def test_the_first_account_paid_is_given_at_set_up(house, log_in):
    ask_for(log_in("service_head"))
    assert iban_of(house) == OTHER and not SensitiveChange.objects.exists()


def test_another_account_paid_waits_for_a_second_person(paid, log_in):
    head = log_in("service_head")
    ask_for(head)
    assert iban_of(paid) == FORMER
    decide(head, "confirm")
    assert iban_of(paid) == FORMER, "nobody confirms what they asked"
    assert log_in("officer").get(reverse("settings_to_confirm")).status_code == 403
    decide(log_in("admin"), "confirm")
    assert iban_of(paid) == OTHER
    done = AuditEvent.objects.get(verb="sensitive_change.done")
    assert (done.data["former"], done.data["value"]) == (FORMER, OTHER)


def test_a_change_given_up_changes_nothing(paid, log_in):
    ask_for(log_in("service_head"))
    decide(log_in("admin"), "drop")
    assert iban_of(paid) == FORMER
    ask_for(log_in("service_head"))
    assert SensitiveChange.objects.filter(status="waiting").count() == 1


def test_two_changes_of_one_thing_do_not_wait_together(paid, log_in):
    ask_for(log_in("service_head"))
    ask_for(log_in("admin"))
    assert SensitiveChange.objects.count() == 1


def test_alone_the_change_takes_two_days_told_to_everybody(paid, log_in):
    open_or_close(user=paid["admin"], is_active=False, actor=paid["service_head"], now=clock.now())
    ask_for(log_in("service_head"))
    change = SensitiveChange.objects.get()
    assert change.effective_at == change.asked_at + timedelta(hours=48)
    told = {job.arguments["to"] for job in Job.objects.filter(task="correspondence.announce")}
    assert told == {"officer@exemple.fr", "accueil@exemple.fr"}
    second_look.apply_due(change.effective_at - timedelta(seconds=1))
    assert iban_of(paid) == FORMER
    assert second_look.apply_due(change.effective_at) == 1
    assert iban_of(paid) == OTHER
    assert second_look.apply_due(change.effective_at) == 0


@pytest.mark.parametrize("role", sorted(second_look.GUARDED_ROLES))
def test_an_administrator_alone_never_gives_a_role_that_decides(paid, log_in, role):
    User.objects.filter(pk=paid["service_head"].pk).update(is_active=False)
    admin = log_in("admin")
    admin.post(reverse("settings_user_add"), {"name": "moi", "full_name": "Moi Même", "role": role})
    change = SensitiveChange.objects.get()
    assert (change.effective_at, User.objects.get(username="moi").role) == (None, "colleague")
    assert second_look.apply_due(change.asked_at + timedelta(days=30)) == 0
    told = Job.objects.filter(task="correspondence.announce").first()
    assert "amiable user add" in told.arguments["text"]


def test_whoever_may_confirm_is_named_by_two(house):
    confirming = {user.role for user in holders(house.office, second_look.CAPABILITY)}
    assert confirming and confirming <= second_look.GUARDED_ROLES


def test_a_closed_access_that_decides_is_reopened_by_two(house, log_in):
    other = factories.user(house.office, User.Role.ADMIN, name="ancien")
    open_or_close(user=other, is_active=False, actor=house["service_head"], now=clock.now())
    log_in("admin").post(reverse("settings_user_access", args=[other.pk]))
    other.refresh_from_db()
    assert (other.is_active, other.role) == (True, "colleague")
    decide(log_in("service_head"), "confirm")
    other.refresh_from_db()
    assert other.role == "admin"


def test_who_asks_does_not_confirm_by_an_access_they_gave_the_password_of(paid, log_in):
    ask_for(log_in("service_head"))
    provisional_password(user=paid["admin"], actor=paid["service_head"])
    User.objects.filter(pk=paid["admin"].pk).update(must_change_password=False)
    decide(log_in("admin"), "confirm")
    assert iban_of(paid) == FORMER


def test_what_is_announced_is_sent(paid, log_in, settings, tmp_path):
    settings.AMIABLE_HOME, settings.AMIABLE_DEMO = tmp_path, True
    ask_for(log_in("service_head"))
    while job := claim("test"):
        run(job)
    letters = "".join(path.read_text(errors="replace") for path in (tmp_path / "spool").rglob("*.eml"))
    assert "officer@exemple.fr" in letters and "accueil@exemple.fr" in letters


@pytest.mark.parametrize("role", sorted(second_look.GUARDED_ROLES))
def test_a_role_that_decides_or_confides_is_given_by_two(house, log_in, role):
    values = {"full_name": "Claire Morel", "role": role, "agencies": [house.north.pk]}
    log_in("admin").post(reverse("settings_user", args=[house["officer"].pk]), values)
    assert User.objects.get(pk=house["officer"].pk).role == "officer"
    decide(log_in("service_head"), "confirm")
    assert User.objects.get(pk=house["officer"].pk).role == role


def test_a_new_access_has_no_deciding_role_before_a_second_look(house, log_in):
    values = {"name": "moi", "full_name": "Moi Même", "role": "service_head", "email": "moi@exemple.fr"}
    log_in("admin").post(reverse("settings_user_add"), values)
    made = User.objects.get(username="moi")
    assert made.role == "colleague"
    decide(log_in("service_head"), "confirm")
    made.refresh_from_db()
    assert made.role == "service_head"


def test_an_administrator_never_becomes_a_head_by_a_password(house, log_in):
    head = house["service_head"]
    before = head.password
    log_in("admin").post(reverse("settings_user_reset", args=[head.pk]))
    head.refresh_from_db()
    assert head.password == before


def test_a_password_given_opens_no_closed_access(house):
    open_or_close(user=house["officer"], is_active=False, actor=house["admin"], now=clock.now())
    with pytest.raises(DomainError, match="fermé"):
        provisional_password(user=User.objects.get(pk=house["officer"].pk), actor=house["admin"])
    assert not User.objects.get(pk=house["officer"].pk).is_active


def test_a_password_given_is_announced_and_changed_before_anything(paid):
    officer = User.objects.get(pk=paid["officer"].pk)
    given = provisional_password(user=officer, actor=paid["admin"])
    assert Job.objects.get(task="correspondence.announce").arguments["to"] == "officer@exemple.fr"
    client = Client()
    client.post(reverse("login"), {"username": "officer", "password": given})
    own = reverse("settings_password")
    for page in ("day", "portfolio", "settings"):
        assert client.get(reverse(page)).url == own
    assert client.post(reverse("settings_user_add"), {"name": "x"}).url == own
    assert "choisissez le vôtre" in client.get(own).content.decode()
    chosen = "un mot de passe à moi"
    client.post(own, {"present": given, "chosen": chosen, "again": chosen})
    assert client.get(reverse("day")).status_code == 200


def test_the_journal_keeps_the_former_value_of_each_setting(house, log_in):
    log_in("service_head").post(reverse("settings_office"), OFFICE | {"phone": "01 99 00 12 34"})
    said = AuditEvent.objects.get(verb="office.changed").data["changed"]
    assert said["phone"] == ["", "01 99 00 12 34"]
    page = log_in("admin").get(reverse("journal")).content.decode()
    assert "téléphone : — → 01 99 00 12 34" in page


def test_somebody_of_no_agency_sees_nothing(house):
    factories.account(house.office, "C1", agency=house.north)
    factories.account(house.office, "C2")
    nobody = factories.user(house.office, User.Role.OFFICER, name="sans_agence")
    assert not access.scope(Account.objects.all(), nobody).exists()


def test_an_office_without_agencies_is_one(db):
    office = factories.office("seul")
    factories.account(office, "C1")
    officer = factories.user(office, User.Role.OFFICER, name="seule")
    assert access.scope(Account.objects.all(), officer).count() == 1
