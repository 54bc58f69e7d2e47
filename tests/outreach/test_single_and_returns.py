"""A message from a file, and what comes back."""

from __future__ import annotations

import json

import pytest

from amiable.channels.base import Delivery, PermanentFailure
from amiable.channels.email.spool import SpoolMail
from amiable.correspondence import ways_out
from amiable.correspondence.models import OutboxItem
from amiable.diary.models import DiaryEntry, Task
from amiable.domain.errors import DomainError
from amiable.outreach import queries, services
from amiable.parties.models import ContactPoint
from tests.outreach.conftest import NOW, TODAY


def send(town, account, channel="sms", code="sms_rappel", key="form-1", **more):
    return services.send_one(
        account=account, code=code, channel=channel, actor=town.officer, now=NOW, key=key, **more
    )


def test_an_sms_from_the_file_leaves_once_and_is_proven(town, reach, run_worker):
    account = reach(town.owes(30000))
    first = send(town, account, step="sms_rappel")
    assert send(town, account, step="sms_rappel") == first
    run_worker()
    assert len(list((ways_out.spool_dir() / "sms").iterdir())) == 1
    proof = DiaryEntry.objects.get(account=account, kind="sms")
    assert (proof.step, proof.outcome, proof.actor) == ("sms_rappel", "sent", town.officer)


def test_a_letter_from_the_file_is_a_document_of_the_account(town, run_worker):
    account = town.owes(30000)
    item = send(town, account, "post", "relance_1")
    run_worker()
    item.refresh_from_db()
    assert item.status == "sent" and account.documents.get() == item.document


def test_own_words_may_not_tell_the_debt(town, reach):
    account = reach(town.owes(30000))
    with pytest.raises(DomainError) as error:
        send(town, account, body="Vous devez 300 € de loyer.")
    assert error.value.code == "debt_told"
    assert not OutboxItem.objects.exists()


def test_without_mobile_it_is_refused_with_the_reason(town):
    with pytest.raises(DomainError) as error:
        send(town, town.owes(30000))
    assert "mobile" in error.value.message_fr


def test_a_returned_letter_makes_work_and_closes_the_address(town, run_worker):
    account = town.owes(30000)
    address = ContactPoint.objects.create(person=account.person, kind="address", value="3 rue B\n69000 Lyon")
    item = send(town, account, "post", "relance_1")
    run_worker()
    for _ in range(2):
        services.record_returned_letter(item=OutboxItem.objects.get(pk=item.pk), actor=town.officer, now=NOW)
    address.refresh_from_db()
    assert address.problem == "npai"
    assert Task.objects.filter(account=account, code="contact_problem").count() == 1
    assert OutboxItem.objects.get().status == "bounced"


def test_a_bounced_mail_makes_work(town, reach, run_worker):
    account = reach(town.owes(30000))
    send(town, account, "email", "email_rappel")
    run_worker()
    reference = OutboxItem.objects.get().provider_ref
    assert services.record_news(Delivery(reference, "bounced", reason="5.1.1"), NOW)
    assert not services.record_news(Delivery("<unknown@x>", "bounced"), NOW)
    assert account.person.contact_points.get(kind="email").problem == "bounced"
    assert DiaryEntry.objects.filter(kind="contact_problem").count() == 1


def test_stop_is_an_opt_out(town, reach, run_worker):
    account = reach(town.owes(30000))
    send(town, account)
    run_worker()
    services.record_news(Delivery(OutboxItem.objects.get().provider_ref, "opted_out"), NOW)
    account.person.refresh_from_db()
    assert account.person.sms_opt_out


def test_a_refused_address_makes_work_at_once(town, reach, run_worker, monkeypatch):
    def refuse(self, message):
        raise PermanentFailure("smtp_550", "Le serveur refuse le destinataire.", contact_problem=True)

    monkeypatch.setattr(SpoolMail, "send", refuse)
    account = reach(town.owes(30000))
    send(town, account, "email", "email_rappel")
    run_worker()
    assert OutboxItem.objects.get().status == "failed"
    assert account.person.contact_points.get(kind="email").problem == "bounced"


def test_lrar_number(town, run_worker):
    account = town.owes(30000)
    DiaryEntry.objects.create(office=town.office, account=account, kind="letter", on=TODAY, outcome="sent")
    item = send(town, account, "lrar", "mise_en_demeure")
    run_worker()
    services.set_tracking_number(item=item, number=" 1a 123 456 7890 1 ", actor=town.officer, today=TODAY)
    item.refresh_from_db()
    assert item.tracking_number == "1A 123 456 7890 1"
    with pytest.raises(DomainError):
        services.set_tracking_number(item=item, number="<b>", actor=town.officer, today=TODAY)


def test_the_reception_of_a_letter_is_noted_once_on_each_account_it_was_about(town, run_worker):
    account = town.owes(30000)
    DiaryEntry.objects.create(office=town.office, account=account, kind="letter", on=TODAY, outcome="sent")
    item = send(town, account, "lrar", "mise_en_demeure", step="mise_en_demeure")

    def receive(proof: str = "", on=TODAY):
        found = OutboxItem.objects.get(pk=item.pk)
        return services.record_received(item=found, on=on, proof=proof, actor=town.officer, today=TODAY)

    with pytest.raises(DomainError, match="parti"):
        receive("1A 123")
    run_worker()
    with pytest.raises(DomainError, match="preuve"):
        receive()
    services.set_tracking_number(item=item, number="1A 123", actor=town.officer, today=TODAY)
    assert [receive(), receive()] == [1, 1]
    told = DiaryEntry.objects.get(account=account, kind="notified")
    assert (told.on, told.step, told.data["proof"]) == (TODAY, "mise_en_demeure", "1A 123")


def test_a_letter_of_no_step_has_no_delay_to_start(town, run_worker):
    item = send(town, town.owes(30000), "post", "relance_1")
    run_worker()
    found = OutboxItem.objects.get(pk=item.pk)
    with pytest.raises(DomainError, match="aucun délai"):
        services.record_received(item=found, on=TODAY, proof="1A", actor=town.officer, today=TODAY)


def test_a_mise_en_demeure_that_names_no_reminder_does_not_leave(town):
    with pytest.raises(DomainError) as error:
        send(town, town.owes(30000), "lrar", "mise_en_demeure")
    assert error.value.code == "missing_value"


def test_when_it_will_leave_is_said_in_words(town):
    saturday = NOW.replace(day=28, hour=11)
    hours = queries.contact_hours(town.office, saturday)
    assert not hours.is_open
    assert hours.sentence_fr.replace("\u00a0", " ") == (
        "Les SMS et les courriels partiront lundi 30 novembre à 8 h."
    )
    assert queries.leaves_at(NOW.replace(hour=18, minute=5), NOW).replace("\u00a0", " ") == (
        "aujourd’hui à 18 h 05"
    )


def test_the_webhook_needs_its_token(town, reach, run_worker, client, settings):
    settings.AMIABLE_SMS = {"URL": "http://127.0.0.1:9/", "WEBHOOK_TOKEN": "secret"}
    account = reach(town.owes(30000))
    OutboxItem.objects.create(
        office=town.office,
        idempotency_key="x",
        channel="sms",
        person=account.person,
        account=account,
        contact_point=account.person.contact_points.get(kind="phone"),
        origin="single",
        status="sent",
        sent_at=NOW,
        provider_ref="m-1",
    )
    body = json.dumps({"id": "m-1", "status": "undelivered"})
    post = {"path": "/relances/nouvelles/sms/", "data": body, "content_type": "application/json"}
    assert client.post(**post).status_code == 403
    answer = client.post(**post, headers={"X-Webhook-Token": "secret"})
    assert answer.json() == {"received": 1, "known": 1}
    assert account.person.contact_points.get(kind="phone").problem == "wrong"
