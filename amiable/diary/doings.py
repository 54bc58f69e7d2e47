"""Calls, notes, steps done or skipped, and their correction."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import transaction

from amiable.accounts.models import Account
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.diary import callbacks, contacts, holds, policy, promises
from amiable.diary.free_text import check_text
from amiable.diary.lifecycle import PROMISE, TASK
from amiable.diary.models import Callback, DiaryEntry, Hold, Promise, Task
from amiable.diary.writing import Kind, add_note, close, open_for, write
from amiable.domain.errors import DomainError
from amiable.parties import restrictions
from amiable.parties import services as parties
from amiable.parties.models import ContactPoint, Person

Outcome: Any = DiaryEntry.Outcome
ContactProblem: Any = ContactPoint.Problem
#: The person was spoken to: the step is done whatever they said.
REACHED = (Outcome.REACHED, Outcome.REFUSED)
#: Nobody was spoken to; after enough of them another way is taken.
FAILED = (Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.WRONG_NUMBER, Outcome.THIRD_PARTY)


@transaction.atomic
def log_call(
    *,
    account: Account,
    outcome: str,
    actor: User | None,
    today: date,
    note: str = "",
    person: Person | None = None,
    step: str = "",
    promise_cents: int | None = None,
    promise_on: date | None = None,
    call_back_on: date | None = None,
    call_back_at: time | None = None,
    on: date | None = None,
    contact_point: ContactPoint | None = None,
    version: int | None = None,
) -> DiaryEntry:
    """A call, its outcome, and what came of it: a promise to pay, a day and an hour to call again.

    contact_point: the number called; it is noted as working, or as wrong, which makes work. person: whom
    one spoke to, the holder by default. step: the procedure's step this call accomplishes. It counts when the
    person was spoken to, or after as many failures in a row as the office allows. call_back_on, call_back_at:
    the account waits, and comes back in the day at that hour; a call promised before is settled by this one.
    """
    if outcome not in (*REACHED, *FAILED):
        raise DomainError("bad_outcome", "Indiquez comment l’appel s’est terminé.")
    if promise_cents and outcome not in REACHED:
        raise DomainError("promise_without_person", "Une promesse suppose que la personne a été jointe.")
    restrictions.check_caller(account.person, actor, today)
    open_for(account, actor=actor, version=version)
    callbacks.settle(account, actor=actor, today=today)
    back = None
    if call_back_on is not None:
        back = callbacks.record_callback(
            account=account,
            on=call_back_on,
            at=call_back_at,
            actor=actor,
            today=today,
            person=person,
            contact_point=contact_point,
        )
    entry = write(
        account,
        Kind.CALL,
        on=_not_later(on, today),
        actor=actor,
        outcome=outcome,
        step=step if step and _counts(account, outcome, today) else "",
        note=add_note(account, note, actor=actor),
        person_id=(person or account.person).pk,
        data=_call_data(step, contact_point, back),
    )
    if promise_cents:
        promises.record_promise(
            account=account, amount_cents=promise_cents, due_on=promise_on, actor=actor, today=today
        )
    if contact_point is not None and outcome == Outcome.REACHED:
        parties.mark_success(contact_point=contact_point, today=today)
    elif contact_point is not None and outcome == Outcome.WRONG_NUMBER:
        contacts.record_contact_problem(
            account=account,
            contact_point=contact_point,
            problem=ContactProblem.WRONG,
            actor=actor,
            today=today,
        )
    close(account, "diary.call", actor=actor, today=today, target=entry, outcome=outcome)
    return entry


def _counts(account: Account, outcome: str, today: date) -> bool:
    if outcome in REACHED:
        return True
    return failures_in_a_row(account) + 1 >= policy.value(
        account.office, "failed_contacts_before_change", today
    )


def failures_in_a_row(account: Account) -> int:
    """Calls without answer since the person was last spoken to."""
    count = 0
    calls = account.diary.filter(kind=Kind.CALL, diaryentry=None).order_by("-on", "-pk")
    for outcome in calls.values_list("outcome", flat=True)[:20]:
        if outcome in REACHED:
            break
        count += 1
    return count


def _call_data(step: str, point: ContactPoint | None, back: Callback | None) -> dict[str, Any]:
    """Ids and dates only: which number answered tells later when and where to call."""
    data: dict[str, Any] = {"tried_step": step} if step else {}
    if point is not None:
        data["contact_point_id"] = point.pk
    if back is not None:
        data |= {"callback_id": back.pk, "call_back_on": back.due_on.isoformat()}
        if back.due_time is not None:
            data["call_back_at"] = back.due_time.isoformat("minutes")
    return data


@transaction.atomic
def log_note(
    *, account: Account, text: str, actor: User | None, today: date, version: int | None = None
) -> DiaryEntry:
    """A note in the account's diary."""
    open_for(account, actor=actor, version=version)
    note = add_note(account, text, actor=actor)
    if note is None:
        raise DomainError("empty_note", "La note est vide.")
    entry = write(account, Kind.NOTE, on=today, actor=actor, note=note)
    close(account, "diary.note", actor=actor, today=today, target=entry)
    return entry


@transaction.atomic
def log_event(
    *,
    account: Account,
    kind: str,
    actor: User | None,
    today: date,
    on: date | None = None,
    step: str = "",
    note: str = "",
    version: int | None = None,
) -> DiaryEntry:
    """Something without a form of its own: a no-show, an interview, a visit, a letter by hand."""
    open_for(account, actor=actor, version=version)
    entry = write(
        account,
        kind,
        on=_not_later(on, today),
        actor=actor,
        step=step,
        note=add_note(account, note, actor=actor),
    )
    close(account, "diary.event", actor=actor, today=today, target=entry, kind=kind, step=step)
    return entry


@transaction.atomic
def mark_step_done(
    *,
    account: Account,
    step: str,
    actor: User | None,
    today: date,
    on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> DiaryEntry:
    """The officer did a step outside the product (a signalement on the CAF's site...)."""
    _has_step(step)
    open_for(account, actor=actor, version=version)
    text = add_note(account, note, actor=actor)
    entry = write(account, Kind.STEP_DONE, on=_not_later(on, today), actor=actor, step=step, note=text)
    close(account, "diary.step_done", actor=actor, today=today, target=entry, step=step)
    return entry


@transaction.atomic
def skip_step(
    *,
    account: Account,
    step: str,
    reason: str,
    actor: User | None,
    today: date,
    version: int | None = None,
) -> DiaryEntry:
    """The officer sets a step aside, with the reason; the procedure goes on after it."""
    _has_step(step)
    open_for(account, actor=actor, version=version)
    note = add_note(account, reason, actor=actor)
    if note is None:
        raise DomainError("reason_missing", "Indiquez pourquoi cette étape est écartée.")
    entry = write(account, Kind.STEP_SKIPPED, on=today, actor=actor, step=step, note=note)
    close(account, "diary.step_skipped", actor=actor, today=today, target=entry, step=step)
    return entry


@transaction.atomic
def correct(
    *, entry: DiaryEntry, reason: str, actor: User, today: date, version: int | None = None
) -> DiaryEntry:
    """Undo a line by another that names it: the first stays readable, and no longer counts.

    What the line had started ends with it (the hold is lifted, the promise or the request cancelled), and
    what it had ended stands again.
    """
    account = entry.account
    open_for(account, actor=actor, version=version)
    if entry.kind == Kind.CORRECTION:
        raise DomainError(
            "correction_of_correction", "Une correction ne se corrige pas : notez l’acte de nouveau."
        )
    if entry.kind in SENT:
        raise DomainError(
            "cannot_unsend", "Ce qui est parti ne peut pas être annulé : ajoutez plutôt une note."
        )
    if entry.kind in UNDONE_ELSEWHERE:
        raise DomainError(
            "undone_elsewhere",
            "Cette ligne se corrige là où elle a été faite : plan, dossier ou rendez-vous.",
        )
    if DiaryEntry.objects.filter(corrects=entry).exists():
        raise DomainError("already_corrected", "Cette ligne est déjà corrigée.")
    note = add_note(account, check_text(reason), actor=actor)
    if note is None:
        raise DomainError("reason_missing", "Indiquez pourquoi cette ligne est corrigée.")
    written = write(
        account, Kind.CORRECTION, on=today, actor=actor, corrects=entry, note=note, key=f"correct:{entry.pk}"
    )
    _undo(entry, actor=actor, today=today)
    close(account, "diary.corrected", actor=actor, today=today, target=entry, kind=entry.kind)
    return written


#: Lines that tell what has left, or what the ledger itself concluded: no correction can change them.
SENT = (
    Kind.EMAIL,
    Kind.SMS,
    Kind.LETTER,
    Kind.LRAR,
    Kind.PROMISE_KEPT,
    Kind.PROMISE_BROKEN,
    Kind.REJECTED_DEBIT,
    Kind.SUPPRESSED,
)
#: Lines told by a room that has its own way back: correcting the line alone would make two truths.
UNDONE_ELSEWHERE = (Kind.PLAN, Kind.DOSSIER, Kind.TRANSFER, Kind.APPOINTMENT)


def _undo(entry: DiaryEntry, *, actor: User, today: date) -> None:
    data = entry.data
    if entry.kind == Kind.CALL and "callback_id" in data:
        callbacks.settle(entry.account, actor=actor, today=today, status=Callback.Status.CANCELLED)
    elif entry.kind in (Kind.HOLD, Kind.DISPUTE) and "hold_id" in data:
        hold = Hold.objects.filter(pk=data["hold_id"], lifted_on=None).first()
        if hold is not None:
            holds.end_hold(hold, on=today, actor=actor)
    elif entry.kind == Kind.HOLD_END:
        ended = Hold.objects.filter(pk=data.get("hold_id")).exclude(lifted_on=None).first()
        if ended is not None:
            holds.reopen_hold(ended, today=today)
    elif entry.kind == Kind.PROMISE_CANCELLED:
        cancelled = Promise.objects.filter(pk=data.get("promise_id"), status=Promise.Status.CANCELLED)
        move_all(cancelled, Promise.Status.PENDING, PROMISE, settled_on=None)
    elif entry.kind == Kind.PROMISE:
        made = Promise.objects.filter(pk=data.get("promise_id"))
        move_all(made, Promise.Status.CANCELLED, PROMISE, settled_on=today)
    elif entry.kind == Kind.TASK:
        move_all(Task.objects.filter(pk=data.get("task_id")), Task.Status.CANCELLED, TASK)


def _has_step(step: str) -> None:
    if not step:
        raise DomainError("no_step", "Ce compte n’a pas d’étape à traiter aujourd’hui.")


def _not_later(on: date | None, today: date) -> date:
    if on is not None and on > today:
        raise DomainError("future_act", "La date de ce qui a été fait ne peut pas être dans l’avenir.")
    return on or today
