"""A batch from its proposal to its proof."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from pypdf import PdfReader

from amiable.correspondence import store, ways_out
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry
from amiable.domain.errors import DomainError
from amiable.outreach import services
from amiable.outreach.models import Batch
from amiable.outreach.readiness import gaps
from amiable.procedures import services as procedures
from tests.factories import agency, contact, person, user
from tests.outreach.conftest import NOW, TODAY


def only(town):
    (batch,) = town.prepare()
    return batch


def send(batch, town, run_worker):
    services.approve(batch=batch, actor=town.officer, now=NOW)
    services.send_now(batch=batch, actor=town.officer, now=NOW)
    run_worker()
    batch.refresh_from_db()
    return batch


def text_of(document):
    reader = PdfReader(io.BytesIO(store.read(document)))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_from_proposal_to_proof(town, run_worker):
    first, second = town.owes(30000), town.owes(28000, 25000)
    batch = only(town)
    assert batch.lines.filter(status="proposed").count() == 2
    send(batch, town, run_worker)
    assert batch.status == "done"
    items = OutboxItem.objects.filter(origin="batch")
    assert {item.status for item in items} == {"sent"}
    text = text_of(second.documents.get())
    assert "530,00" in text and "novembre 2026" in text and "octobre 2026" in text
    proofs = DiaryEntry.objects.filter(kind="letter", step="relance_2")
    assert {proof.account_id for proof in proofs} == {first.pk, second.pk}
    assert all(proof.document_id and proof.data["key"].startswith("lot-") for proof in proofs)
    folder = ways_out.spool_dir() / "post"
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".pdf"]
    assert len(PdfReader(folder / f"lot-{batch.pk}-1.pdf").pages) == 2
    assert batch.merged_document.pages == 2 and batch.deposit_list is not None


def test_nothing_leaves_before_the_time_to_think_again(town, run_worker):
    town.owes(30000)
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    run_worker()
    assert OutboxItem.objects.count() == 0
    run_worker(NOW + timedelta(minutes=11))
    assert OutboxItem.objects.get().status == "sent"


def test_undo_until_dispatch(town, run_worker):
    town.owes(30000)
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    assert services.undo(batch=batch, actor=town.officer, now=NOW) == 1
    run_worker(NOW + timedelta(hours=1))
    batch.refresh_from_db()
    assert batch.status == "proposed" and not OutboxItem.objects.exists()


def test_undo_after_everything_left_says_so(town, run_worker):
    town.owes(30000)
    batch = send(only(town), town, run_worker)
    with pytest.raises(DomainError) as error:
        services.undo(batch=batch, actor=town.officer, now=NOW)
    assert "déjà parti" in error.value.message_fr


def test_a_removed_line_stays_removed_when_the_batch_is_prepared_again(town, run_worker):
    kept, removed = town.owes(30000), town.owes(20000)
    batch = only(town)
    services.remove_line(line=batch.lines.get(account=removed), actor=town.officer)
    assert only(town) == batch
    send(batch, town, run_worker)
    assert batch.lines.get(account=removed).status == "removed"
    assert [item.account_id for item in OutboxItem.objects.all()] == [kept.pk]


def test_two_officers_approve_once(town):
    town.owes(30000)
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    with pytest.raises(DomainError):
        services.approve(batch=batch, actor=town.officer, now=NOW)


def test_a_reader_may_not_approve(town):
    town.owes(30000)
    with pytest.raises(PermissionDenied):
        services.approve(batch=only(town), actor=user(town.office, "auditor"), now=NOW)


def test_yesterdays_batch_cannot_be_approved(town):
    town.owes(30000)
    batch = only(town)
    with pytest.raises(DomainError):
        services.approve(batch=batch, actor=town.officer, now=NOW + timedelta(days=1))


def test_one_batch_per_agency(town):
    town.owes(30000)
    town.owes(30000, agency=agency(town.office, "A2"))
    assert len({batch.agency_id for batch in town.prepare()}) == 2


def test_two_versions_of_the_procedure_share_a_batch(town):
    """An open case keeps the version it began with; a step said otherwise since is still the same step."""
    before = town.owes(30000)
    head = user(town.office, "service_head")
    draft = procedures.open_draft(office=town.office, code="standard", actor=head)
    data = yaml.safe_load(draft.source)
    (step,) = [each for each in data["steps"] if each["code"] == "relance_2"]
    step["label"] = "Deuxième relance, dite autrement"
    procedures.save_draft(draft=draft, data=data, actor=head)
    draft.refresh_from_db()
    procedures.publish(draft=draft, actor=head, today=TODAY)
    after = town.owes(20000)
    assert set(only(town).lines.values_list("account_id", flat=True)) == {before.pk, after.pk}


REASONS = [
    ({"bank_age_days": 9}, "bank_stale"),
    ({"bank_age_days": None}, "bank_missing"),
    ({"unmatched_credit": True}, "unmatched_credit"),
    ({"held_by": "plan"}, "held"),
    ({"balance_cents": 100}, "paid_since"),
    ({"wanted": "relance_1"}, "step_changed"),
]


@pytest.mark.parametrize(("facts", "code"), REASONS)
def test_never_chase_a_payer_at_the_proposal(town, facts, code):
    found = town.owes(30000)
    town.facts[found.pk] = facts
    line = only(town).lines.get()
    assert (line.status, line.reason_code) == ("excluded", code) and line.reason_fr


@pytest.mark.parametrize(("facts", "code"), REASONS)
def test_never_chase_a_payer_at_the_last_moment(town, run_worker, facts, code):
    kept, held = town.owes(30000), town.owes(20000)
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    town.facts[held.pk] = facts
    services.send_now(batch=batch, actor=town.officer, now=NOW)
    run_worker()
    line = batch.lines.get(account=held)
    assert (line.status, line.reason_code) == ("suppressed", code) and line.reason_fr
    assert DiaryEntry.objects.get(account=held, kind="suppressed").data["reason"] == code
    assert [item.account_id for item in OutboxItem.objects.all()] == [kept.pk]
    batch.refresh_from_db()
    assert batch.status == "done"


def test_a_letter_whose_total_differs_from_its_statement_does_not_leave(town, run_worker):
    town.owes(30000)
    wrong = town.owes(20000)
    wrong.position.actionable_cents = 12345
    wrong.position.save()
    line = only(town).lines.get(account=wrong)
    assert (line.status, line.reason_code) == ("excluded", "statement_gap")


def test_pending_aid_and_dispute_are_set_apart_on_the_statement(town, run_worker):
    found = town.owes(30000, pending_aid_cents=12000, disputed_cents=3000, actionable_cents=15000)
    send(only(town), town, run_worker)
    text = text_of(found.documents.get())
    assert "Aide au logement attendue" in text and "−120,00" in text
    assert "Somme contestée" in text and "150,00" in text


def test_six_titres_of_one_family_make_one_letter(treasury, run_worker):
    family = person(treasury.office, "Morin", "Famille")
    titres = [treasury.owes(cents, holder=family) for cents in (1200, 1500, 1800, 2400, 3000, 3800)]
    batch = only(treasury)
    assert batch.lines.count() == 6
    send(batch, treasury, run_worker)
    item = OutboxItem.objects.get()
    text = text_of(item.document)
    assert all(titre.ref in text for titre in titres) and "137,00" in text
    assert DiaryEntry.objects.filter(kind="letter").count() == 6
    assert "2\u00a0mois" in text or "2 mois" in text


def test_a_titre_paid_meanwhile_holds_the_grouped_letter_back(treasury, run_worker):
    family = person(treasury.office, "Morin", "Famille")
    paid, kept = (treasury.owes(cents, holder=family) for cents in (1600, 1700))
    batch = only(treasury)
    services.approve(batch=batch, actor=treasury.officer, now=NOW)
    treasury.facts[paid.pk] = {"balance_cents": 0}
    services.send_now(batch=batch, actor=treasury.officer, now=NOW)
    run_worker()
    text = text_of(OutboxItem.objects.get().document)
    assert kept.ref in text and paid.ref not in text


def test_the_channel_is_chosen_and_said(town, reach):
    with_mail = reach(town.owes(30000, step="relance_1"))
    without = town.owes(30000, step="relance_1")
    lines = {line.account_id: line for line in only(town).lines.all()}
    assert (lines[with_mail.pk].channel, lines[with_mail.pk].template) == ("email", "email_rappel")
    assert (lines[without.pk].channel, lines[without.pk].template) == ("post", "relance_1")
    assert lines[without.pk].channel_reason_fr == "pas d’adresse électronique : courrier"


def test_opt_out_and_bounced_addresses_are_left(town, reach):
    opted = reach(town.owes(30000, step="relance_1"))
    opted.person.email_opt_out = True
    opted.person.save()
    bounced = reach(town.owes(30000, step="relance_1"))
    bounced.person.contact_points.filter(kind="email").update(problem="bounced")
    lines = {line.account_id: line for line in only(town).lines.all()}
    assert lines[opted.pk].channel_reason_fr.startswith("ne veut pas de courriel")
    assert lines[bounced.pk].channel_reason_fr.startswith("adresse électronique en erreur")


def test_nobody_to_reach_is_an_exclusion(town):
    found = town.owes(30000)
    contact(found.person, "address", "inconnue", problem="npai")
    line = only(town).lines.get()
    assert (line.status, line.reason_code) == ("excluded", "unreachable")


def test_no_more_messages_than_the_office_allows_in_a_week(town):
    found = town.owes(30000)
    for number in (1, 2, 3):
        OutboxItem.objects.create(
            office=town.office,
            idempotency_key=f"old-{number}",
            channel="sms",
            person=found.person,
            account=found,
            origin="single",
            status="sent",
            sent_at=NOW - timedelta(days=number),
        )
    line = only(town).lines.get()
    assert (line.status, line.reason_code) == ("excluded", "weekly_cap")


def test_messages_wait_for_the_window_but_paper_does_not(town, reach, run_worker, monkeypatch):
    from amiable.outreach import dispatch

    evening = NOW.replace(hour=21)
    monkeypatch.setattr(dispatch.clock, "now", lambda: evening)
    mail = reach(town.owes(30000, step="relance_1"))
    paper = town.owes(30000, step="relance_1")
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    services.send_now(batch=batch, actor=town.officer, now=evening)
    run_worker(evening)
    batch.refresh_from_db()
    waiting = OutboxItem.objects.get(account=mail)
    assert waiting.status == "waiting" and batch.status == "dispatching"
    assert waiting.not_before_at == (evening + timedelta(days=1)).replace(hour=8)
    assert OutboxItem.objects.get(account=paper).status == "sent"
    run_worker(waiting.not_before_at)
    batch.refresh_from_db()
    assert batch.status == "done"


def test_calling_back_what_waits_for_the_window(town, reach, run_worker, monkeypatch):
    from amiable.outreach import dispatch

    evening = NOW.replace(hour=21)
    monkeypatch.setattr(dispatch.clock, "now", lambda: evening)
    reach(town.owes(30000, step="relance_1"))
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    services.send_now(batch=batch, actor=town.officer, now=evening)
    run_worker(evening)
    assert services.undo(batch=batch, actor=town.officer, now=evening) == 1
    run_worker(evening + timedelta(days=1))
    assert OutboxItem.objects.get().status == "cancelled"
    assert Batch.objects.get().status == "done"


LACKS = {
    "Adresse de l’office": ("address",),
    "Téléphone": ("phone",),
    "Signataire": ("signatory",),
    "Moyens de paiement": ("payment_means", "payment_iban"),
    "Moyens de paiement : un virement est proposé sans IBAN": ("payment_iban",),
}


@pytest.mark.parametrize("said", LACKS)
@pytest.mark.parametrize("kind", ["town", "treasury"])
def test_what_would_stop_a_letter_excludes_its_line_from_the_first(kind, said, request, run_worker):
    """Told when the batch is prepared and where the office looks at itself; once given, the letter leaves."""
    town = request.getfixturevalue(kind)
    kept = {name: getattr(town.office, name) for name in LACKS[said]}
    for name in kept:
        setattr(town.office, name, "")
    town.office.save()
    town.owes(30000)
    batch = only(town)
    line = batch.lines.get()
    assert line.status == "excluded" and said in line.reason_fr
    assert [gap for gap in gaps(town.office, TODAY) if gap.startswith(said)]
    with pytest.raises(DomainError):
        services.approve(batch=batch, actor=town.officer, now=NOW)
    for name, value in kept.items():
        setattr(town.office, name, value)
    town.office.save()
    assert not gaps(town.office, TODAY)
    assert send(only(town), town, run_worker).lines.get().status == "sent"


def test_a_large_batch_is_printed_in_several_files(town, run_worker, monkeypatch):
    from amiable.correspondence import typeset
    from amiable.outreach import queries

    monkeypatch.setattr(typeset, "MOST_LETTERS", 2)
    for _ in range(5):
        town.owes(30000)
    batch = send(only(town), town, run_worker)
    assert [document.pages for document in queries.printed(batch)] == [2, 2, 1]
    folder = ways_out.spool_dir() / "post"
    assert sorted(path.name for path in folder.glob("*.pdf")) == [
        f"lot-{batch.pk}-{n}.pdf" for n in (1, 2, 3)
    ]
    assert {text_of(item.document).count("Objet :") for item in OutboxItem.objects.all()} == {1}
    assert "5 lettres" in text_of(batch.deposit_list).replace("\u202f", " ")


def test_a_person_who_says_no_while_the_message_waits_gets_none(town, reach, run_worker, monkeypatch):
    from amiable.outreach import dispatch

    evening = NOW.replace(hour=21)
    monkeypatch.setattr(dispatch.clock, "now", lambda: evening)
    found = reach(town.owes(30000, step="relance_1"))
    batch = only(town)
    services.approve(batch=batch, actor=town.officer, now=NOW)
    services.send_now(batch=batch, actor=town.officer, now=evening)
    run_worker(evening)
    found.person.email_opt_out = True
    found.person.save()
    run_worker(OutboxItem.objects.get().not_before_at)
    line = batch.lines.get()
    assert (line.status, line.reason_code) == ("suppressed", "opted_out")
    assert not (ways_out.spool_dir() / "email").exists()


def test_conversations_count_in_the_week_as_messages_do(town):
    same = person(town.office, "Morin", "Alix")
    account = town.owes(30000, holder=same)
    for _ in range(3):
        diary.log_call(account=account, outcome="reached", actor=None, today=NOW.date())
    assert only(town).lines.get().reason_code == "weekly_cap"


def test_three_steps_of_one_person_are_one_message_a_day(town, run_worker):
    same = person(town.office, "Morin", "Alix")
    for step in ("relance_1", "relance_2", "mise_en_demeure"):
        town.owes(30000, step=step, holder=same)
    for batch in town.prepare():
        if batch.lines.filter(status="proposed").exists():
            send(batch, town, run_worker)
    # What cannot be written here, the mise en demeure, takes nobody's turn.
    assert OutboxItem.objects.get().step == "relance_1"
    assert list(Batch.objects.values_list("lines__reason_code", flat=True)).count("spaced") == 1


def test_nobody_approves_letters_they_have_not_seen(town):
    town.owes(30000)
    seen = only(town).prepared_at
    town.owes(20000)
    batch = services.prepare(office=town.office, today=NOW.date(), now=NOW + timedelta(minutes=1))[0]
    with pytest.raises(DomainError) as error:
        services.approve(batch=batch, actor=town.officer, now=NOW, seen=seen)
    assert "préparé de nouveau" in error.value.message_fr
    batch.refresh_from_db()
    services.approve(batch=batch, actor=town.officer, now=NOW, seen=batch.prepared_at)


def test_preparing_another_day_leaves_today_alone(town):
    town.owes(30000)
    batch = only(town)
    services.prepare(office=town.office, today=NOW.date() + timedelta(days=30), now=NOW)
    batch.refresh_from_db()
    assert batch.status == "proposed"


def test_what_a_clock_that_ran_ahead_cancelled_is_proposed_again_on_its_day(town):
    town.owes(30000)
    batch = only(town)
    ahead = NOW + timedelta(days=3)
    services.prepare(office=town.office, today=ahead.date(), now=ahead)
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert town.prepare() == [batch]
    batch.refresh_from_db()
    assert batch.status == "proposed"
    services.approve(batch=batch, actor=town.officer, now=NOW)


def test_only_the_batches_that_were_written_are_said_to_be_prepared(town):
    town.owes(30000)
    services.approve(batch=only(town), actor=town.officer, now=NOW)
    assert town.prepare() == []


def test_a_dispatch_that_stopped_is_taken_up_again(town, run_worker, monkeypatch):
    from amiable.correspondence import typeset
    from amiable.jobs.models import Job

    town.owes(30000)
    batch = only(town)
    with monkeypatch.context() as broken:
        broken.setattr(typeset, "typeset_all", lambda *given: 1 / 0)
        send(batch, town, run_worker)
    assert (Job.objects.get().status, batch.status) == ("failed", "dispatching")
    services.send_now(batch=batch, actor=town.officer, now=NOW)
    run_worker()
    batch.refresh_from_db()
    assert batch.status == "done" and OutboxItem.objects.get().status == "sent"
