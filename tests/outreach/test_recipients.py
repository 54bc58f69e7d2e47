"""Acceptance: which letters are suppressed, redirected or copied in each special situation, read back from
their PDFs."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from amiable.accounts.models import AccountParty
from amiable.correspondence import store
from amiable.correspondence.models import OutboxItem
from amiable.diary.models import DiaryEntry, Task
from amiable.domain.errors import DomainError
from amiable.outreach import services
from amiable.outreach.models import BatchLine
from amiable.parties.models import Death, LegalProtection, PersonFlag
from tests.factories import contact, person
from tests.outreach.conftest import NOW, TODAY

BORN = date(2020, 1, 1)


def letters(account):
    """Text of each document of the account by the name of who gets it."""
    return {
        document.person.last_name: "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(store.read(document))).pages
        )
        for document in account.documents.select_related("person", "parent")
    }


def approve(town):
    (batch,) = town.prepare()
    services.approve(batch=batch, actor=town.officer, now=NOW)
    services.send_now(batch=batch, actor=town.officer, now=NOW)
    return batch


def living_at(found, address="8 cours Fictif\n69002 LYON"):
    contact(found, "address", address)
    return found


def tie(account, role, name, **fields):
    found = person(account.office, name, "Léa")
    AccountParty.objects.create(account=account, person=found, role=role, **fields)
    return found


def protect(account, measure, name="Udaf", first_name="Service"):
    guardian = living_at(person(account.office, name, first_name)) if name else None
    LegalProtection.objects.create(person=account.person, measure=measure, guardian=guardian, started_on=BORN)
    return guardian


def test_each_co_holder_gets_a_letter_of_their_own(town, run_worker):
    account = town.owes(30000)
    tie(account, "co_holder", "Martin")
    batch = approve(town)
    run_worker()
    texts = letters(account)
    assert set(texts) == {"Durand", "Martin"}
    assert "Léa MARTIN" in texts["Martin"] and "12 rue des Lilas" in texts["Martin"]
    assert "Samira DURAND" in texts["Martin"], "the holder is named among the references"
    assert all("300,00" in text for text in texts.values())
    proofs = DiaryEntry.objects.filter(account=account, kind="letter", step="relance_2")
    assert proofs.count() == 2 and proofs.values("person").distinct().count() == 2
    keys = set(OutboxItem.objects.values_list("idempotency_key", flat=True))
    assert len(keys) == 2
    batch.refresh_from_db()
    listed = "\n".join(
        page.extract_text() for page in PdfReader(io.BytesIO(store.read(batch.deposit_list))).pages
    )
    assert "Durand" in listed and "Martin" in listed and batch.status == "done"


def test_a_spouse_is_notified_of_the_rent(town, run_worker):
    account = town.owes(30000)
    tie(account, "spouse", "Martin")
    approve(town)
    run_worker()
    assert set(letters(account)) == {"Durand", "Martin"}


def test_a_roommate_gone_is_written_to_at_their_own_address_while_bound(town, run_worker):
    account = town.owes(30000)
    living_at(tie(account, "roommate", "Vallin", to_on=TODAY - timedelta(days=120)))
    tie(account, "roommate", "Libre", to_on=TODAY - timedelta(days=400))
    approve(town)
    run_worker()
    texts = letters(account)
    assert set(texts) == {"Durand", "Vallin"}
    assert (
        "8 cours Fictif" in texts["Vallin"]
        and "12 rue des Lilas" not in texts["Vallin"].split("Objet")[0][:200]
    )


def test_a_roommate_gone_without_address_is_said_and_the_others_are_written_to(town, run_worker):
    account = town.owes(30000)
    tie(account, "roommate", "Vallin", to_on=TODAY - timedelta(days=120))
    batch = approve(town)
    run_worker()
    assert set(letters(account)) == {"Durand"}
    (row,) = batch.lines.get().recipients.all()
    assert row.status == "suppressed" and "adresse postale" in row.reason_fr


def test_under_curatelle_the_person_is_written_to_and_the_curator_copied(town, run_worker):
    account = town.owes(30000)
    protect(account, "curatelle")
    approve(town)
    run_worker()
    texts = letters(account)
    assert set(texts) == {"Durand", "Udaf"}
    copy = " ".join(texts["Udaf"].split())
    assert "COPIE POUR INFORMATION" in copy and "curateur de Samira DURAND" in copy and "art. 467" in copy
    assert "COPIE" not in texts["Durand"]
    proof = DiaryEntry.objects.get(account=account, person__last_name="Udaf")
    assert proof.data["copy"] and proof.step == ""


def test_a_curator_of_two_people_gets_two_copies_never_mixed(town, run_worker):
    first, second = town.owes(30000), town.owes(20000)
    curator = protect(first, "curatelle")
    LegalProtection.objects.create(
        person=second.person, measure="curatelle", guardian=curator, started_on=BORN
    )
    approve(town)
    run_worker()
    copies = OutboxItem.objects.filter(person=curator)
    assert {item.account_id for item in copies} == {first.pk, second.pk}
    assert second.ref not in letters(first)["Udaf"]


def test_a_copy_that_cannot_leave_holds_the_letter(town):
    account = town.owes(30000)
    curator = person(account.office, "Sans-Adresse")
    LegalProtection.objects.create(
        person=account.person, measure="curatelle", guardian=curator, started_on=BORN
    )
    (batch,) = town.prepare()
    line = batch.lines.get()
    assert (line.status, line.reason_code) == ("excluded", "copy_unreachable")


def test_under_tutelle_the_guardian_gets_the_letter_instead(town, run_worker):
    account = town.owes(30000)
    protect(account, "tutelle")
    approve(town)
    run_worker()
    texts = letters(account)
    assert set(texts) == {"Udaf"}
    assert "représentant légal de Samira DURAND" in " ".join(texts["Udaf"].split())
    assert "COPIE" not in texts["Udaf"]
    assert DiaryEntry.objects.get(account=account, kind="letter").step == "relance_2"


@pytest.mark.parametrize("measure", ["unknown", "curatelle"])
def test_an_unknown_measure_or_curator_stops_everything(town, measure):
    account = town.owes(30000)
    protect(account, measure, name="")
    (batch,) = town.prepare()
    line = batch.lines.get()
    assert (line.status, line.reason_code) == ("excluded", "unknown_measure") and line.reason_fr


def test_a_death_learned_after_the_approval_stops_the_letter(town, run_worker):
    account = town.owes(30000)
    tie(account, "spouse", "Martin")
    batch = approve(town)
    Death.objects.create(person=account.person, learned_on=TODAY)
    run_worker()
    line = batch.lines.get()
    assert (line.status, line.reason_code) == ("suppressed", "death")
    assert not OutboxItem.objects.exists() and not account.documents.exists()


def test_a_measure_learned_after_the_approval_stops_the_letter(town, run_worker):
    account = town.owes(30000)
    batch = approve(town)
    protect(account, "tutelle")
    run_worker()
    line = batch.lines.get()
    assert (line.status, line.reason_code) == ("suppressed", "recipient_changed")
    assert not OutboxItem.objects.exists()


@pytest.mark.parametrize("kind", ["threat", "conflict"])
def test_nothing_leaves_by_itself_after_a_threat_or_in_a_conflict(town, kind):
    account = town.owes(30000)
    PersonFlag.objects.create(person=account.person, kind=kind, reason="Les faits", raised_on=TODAY)
    (batch,) = town.prepare()
    assert batch.lines.get().reason_code == "restricted"


def test_a_fragile_household_is_written_to_as_anybody(town, run_worker):
    account = town.owes(30000)
    PersonFlag.objects.create(person=account.person, kind="fragile", reason="74 ans, seule", raised_on=TODAY)
    town.prepare()
    approve(town)
    run_worker()
    assert list(letters(account)) == ["Durand"]


def test_a_departed_tenant_is_not_written_to_at_the_former_home(town, run_worker):
    account = town.owes(30000)
    account.status, account.left_on = "parti", TODAY - timedelta(days=40)
    account.save()
    (batch,) = town.prepare()
    assert batch.lines.get().reason_code == "unreachable"
    living_at(account.person)
    approve(town)
    run_worker()
    assert "8 cours Fictif" in letters(account)["Durand"]


def test_by_sms_each_who_owes_and_no_copy(town, reach, run_worker):
    account = reach(town.owes(30000, step="sms_rappel"))
    other = tie(account, "co_holder", "Martin")
    contact(other, value="+33639981103")
    protect(account, "curatelle")
    approve(town)
    run_worker()
    assert set(OutboxItem.objects.values_list("person__last_name", flat=True)) == {"Durand", "Martin"}


def test_a_letter_from_the_file_follows_the_same_rules(town, run_worker):
    account = town.owes(30000)
    tie(account, "co_holder", "Martin")
    protect(account, "curatelle")
    tie(account, "roommate", "Loin", to_on=TODAY - timedelta(days=30))
    for _ in range(2):
        services.send_one(
            account=account, code="relance_1", channel="post", actor=town.officer, now=NOW, key="f1"
        )
    run_worker()
    assert set(letters(account)) == {"Durand", "Martin", "Udaf"}
    assert OutboxItem.objects.filter(is_copy=True).count() == 1
    assert "Loin" in Task.objects.get(account=account, code="contact_problem").text


def test_a_represented_person_is_refused_a_letter_of_their_own(town):
    account = town.owes(30000)
    protect(account, "tutelle")
    with pytest.raises(DomainError) as error:
        services.issue(
            account=account,
            code="relance_1",
            actor=town.officer,
            now=NOW,
            key="f2",
            to=account.person,
            channel="post",
        )
    assert error.value.code == "represented"


def test_a_moved_tenant_is_written_to_at_the_new_home(town, run_worker):
    account = town.owes(30000)
    account.status = "mute"
    account.save()
    new = town.owes(10, step="relance_1", holder=account.person)
    new.address = "3 place du Marché"
    new.save()
    services.send_one(
        account=account, code="relance_1", channel="post", actor=town.officer, now=NOW, key="f3"
    )
    assert "3 place du Marché" in letters(account)["Durand"]
    assert "3 place du Marché" in OutboxItem.objects.get().address
    assert BatchLine.objects.count() == 0
