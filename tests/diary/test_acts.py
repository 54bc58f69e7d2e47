"""What an officer does on an account, who may, and what two of them see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from amiable.core.models import AuditEvent
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry, Hold, Note, Promise, Task
from amiable.domain.errors import DomainError
from tests import factories
from tests.diary.conftest import TODAY, Desk


def call(desk: Desk, outcome: str = "reached", **fields: object) -> DiaryEntry:
    return diary.log_call(account=desk.account, outcome=outcome, actor=desk.officer, today=TODAY, **fields)


def test_a_call_notes_its_promise_and_counts_as_the_step(desk: Desk) -> None:
    entry = call(
        desk, note="Virement vendredi", step="appel", promise_cents=20000, promise_on=date(2026, 11, 27)
    )
    assert (entry.step, entry.outcome, entry.note.text) == ("appel", "reached", "Virement vendredi")
    promise = Promise.objects.get()
    assert (promise.amount_cents, promise.due_on, promise.status) == (20000, date(2026, 11, 27), "pending")
    assert list(desk.account.diary.order_by("pk").values_list("kind", flat=True)) == ["call", "promise"]
    event = AuditEvent.objects.get(verb="diary.call")
    assert event.data == {"outcome": "reached"} and event.actor == desk.officer


def test_a_call_without_answer_is_not_the_step_before_the_third(desk: Desk) -> None:
    steps = [call(desk, "no_answer", step="appel").step for _ in range(3)]
    assert steps == ["", "", "appel"]


def test_a_promise_needs_somebody_who_promised(desk: Desk) -> None:
    with pytest.raises(DomainError, match="jointe"):
        call(desk, "no_answer", promise_cents=100, promise_on=TODAY)
    assert not DiaryEntry.objects.exists()


def test_a_refused_note_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(DomainError, match="mauvaise foi"):
        call(desk, note="mauvaise foi évidente", promise_cents=100, promise_on=TODAY)
    assert not DiaryEntry.objects.exists() and not Note.objects.exists() and not Promise.objects.exists()
    desk.account.refresh_from_db()
    assert desk.account.version == 0


def test_the_second_of_two_officers_is_told_who_did_what(desk: Desk) -> None:
    read = desk.account.version
    diary.log_note(account=desk.account, text="Rappelle lundi", actor=desk.officer, today=TODAY, version=read)
    other = factories.user(desk.office, "officer", desk.agency, last_name="Benali")
    with pytest.raises(DomainError) as refusal:
        diary.log_note(account=desk.account, text="Autre", actor=other, today=TODAY, version=read)
    assert refusal.value.code == "stale"
    assert "Claire Morel a écrit une note" in refusal.value.message_fr
    assert Note.objects.count() == 1


@pytest.mark.parametrize("role", ["auditor", "admin", "colleague"])
def test_who_only_reads_writes_nothing(desk: Desk, role: str) -> None:
    reader = factories.user(desk.office, role)
    with pytest.raises(PermissionDenied):
        diary.log_note(account=desk.account, text="Bonjour", actor=reader, today=TODAY)
    assert not DiaryEntry.objects.exists()


def test_a_correction_undoes_what_the_line_had_started(desk: Desk) -> None:
    diary.start_hold(
        account=desk.account,
        kind="pause",
        reason="Paiement annoncé",
        ends_on=TODAY + timedelta(days=8),
        actor=desk.officer,
        today=TODAY,
    )
    line = desk.account.diary.get()
    diary.correct(entry=line, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    assert Hold.objects.get().lifted_on == TODAY
    correction = desk.account.diary.get(kind="correction")
    assert correction.corrects == line and correction.note.text == "Mauvais compte"


def test_what_has_left_cannot_be_undone(desk: Desk) -> None:
    sent = diary.write_entry(desk.account, "letter", on=TODAY, actor=None)
    with pytest.raises(DomainError, match="parti"):
        diary.correct(entry=sent, reason="Erreur", actor=desk.officer, today=TODAY)


def test_a_skipped_step_says_why(desk: Desk) -> None:
    with pytest.raises(DomainError, match="pourquoi"):
        diary.skip_step(account=desk.account, step="relance_1", reason=" ", actor=desk.officer, today=TODAY)
    entry = diary.skip_step(
        account=desk.account, step="relance_1", reason="Déjà vu à l’accueil", actor=desk.officer, today=TODAY
    )
    assert (entry.kind, entry.step) == ("step_skipped", "relance_1")


def test_the_answer_of_a_colleague_lands_in_the_diary_once(desk: Desk) -> None:
    keeper = factories.user(desk.office, "colleague", desk.agency)
    task = diary.ask_colleague(
        account=desk.account, assignee=keeper, text="Est-elle encore là ?", actor=desk.officer, today=TODAY
    )
    diary.answer_task(task=task, answer="Oui, vue ce matin", actor=keeper, today=TODAY)
    assert desk.account.diary.filter(kind="task_answer").count() == 1
    with pytest.raises(DomainError, match="déjà traitée"):
        diary.answer_task(task=Task.objects.get(), answer="Non", actor=keeper, today=TODAY)
    assert Task.objects.get().answer == "Oui, vue ce matin"


def test_nobody_is_asked_about_an_account_they_cannot_see(desk: Desk) -> None:
    elsewhere = factories.user(desk.office, "colleague", factories.agency(desk.office, "A2"))
    with pytest.raises(DomainError, match="ne voit pas ce compte"):
        diary.ask_colleague(
            account=desk.account, assignee=elsewhere, text="Vue ?", actor=desk.officer, today=TODAY
        )


def test_a_bad_contact_makes_one_task_and_its_repair_closes_it(desk: Desk) -> None:
    point = desk.account.person.contact_points.get()
    for _ in range(2):
        diary.record_contact_problem(
            account=desk.account, contact_point=point, problem="wrong", actor=None, today=TODAY
        )
    task = Task.objects.get()
    assert (task.status, task.assignee) == ("open", desk.officer)
    assert desk.account.diary.filter(kind="contact_problem").count() == 1
    new = diary.change_contact(
        account=desk.account,
        person=desk.account.person,
        kind="phone",
        value="06 39 98 11 03",
        replaces=point,
        actor=desk.officer,
        today=TODAY,
    )
    assert (new.value, new.is_mobile) == ("+33639981103", True)
    task.refresh_from_db()
    point.refresh_from_db()
    assert task.status == "done" and not point.is_current


def test_acts_done_together_refresh_each_account_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []
    monkeypatch.setattr("amiable.positions.stale.refresh", lambda *, ids, **_: seen.append(ids))
    with diary.together():
        for _ in range(3):
            call(desk, "no_answer")
        assert seen == []
    assert seen == [[desk.account.pk]]
    call(desk)
    assert len(seen) == 2


def test_acts_done_together_are_all_kept_or_none(desk: Desk) -> None:
    with pytest.raises(DomainError), diary.together():
        call(desk, "no_answer")
        diary.log_note(account=desk.account, text="", actor=desk.officer, today=TODAY)
    assert not DiaryEntry.objects.exists()


def test_correcting_an_end_makes_the_hold_and_its_freeze_stand_again(desk: Desk) -> None:
    hold = diary.start_hold(
        account=desk.account,
        kind="surendettement",
        reason="Recevable",
        starts_on=date(2026, 10, 20),
        actor=desk.officer,
        today=TODAY,
    )
    for _ in range(2):
        diary.lift_hold(hold=Hold.objects.get(), actor=desk.officer, today=TODAY)
        line = desk.account.diary.filter(kind="hold_end", diaryentry=None).get()
        diary.correct(entry=line, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    hold.refresh_from_db()
    desk.account.refresh_from_db()
    assert hold.lifted_on is None and desk.account.split_on == date(2026, 10, 20)


def test_a_cancelled_promise_can_be_taken_up_again(desk: Desk) -> None:
    promise = diary.make_promise(
        account=desk.account, amount_cents=100, due_on=TODAY, actor=desk.officer, today=TODAY
    )
    diary.cancel_promise(promise=promise, actor=desk.officer, today=TODAY)
    line = desk.account.diary.get(kind="promise_cancelled")
    diary.correct(entry=line, reason="Erreur", actor=desk.officer, today=TODAY)
    assert Promise.objects.get().status == "pending"
    with pytest.raises(DomainError, match="déjà corrigée"):
        diary.correct(entry=line, reason="Erreur", actor=desk.officer, today=TODAY)


def test_a_line_told_by_a_room_is_undone_in_that_room(desk: Desk) -> None:
    line = diary.write_entry(desk.account, "dossier", on=TODAY, actor=desk.officer, data={"event": "sent"})
    with pytest.raises(DomainError, match="là où elle a été faite"):
        diary.correct(entry=line, reason="Erreur", actor=desk.officer, today=TODAY)
