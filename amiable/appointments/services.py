"""Booking, moving, ending an appointment: what each does to the diary and to dunning is here only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from amiable.accounts.models import Account
from amiable.appointments import agenda as agendas
from amiable.appointments import messages
from amiable.appointments.lifecycle import LIFECYCLE, TAKEN, State
from amiable.appointments.models import Appointment
from amiable.core.lifecycle import move as move_row
from amiable.core.models import User
from amiable.diary import holds
from amiable.diary.free_text import check_text
from amiable.diary.models import DiaryEntry, Hold
from amiable.diary.writing import Kind, add_note, close, open_for, write
from amiable.domain.contact import slots
from amiable.domain.contact.slots import PARIS, Taken
from amiable.domain.errors import DomainError
from amiable.outreach.models import BatchLine
from amiable.procedures.in_force import policy_of

HoldKind: Any = Hold.Kind


@transaction.atomic
def book(
    *,
    account: Account,
    officer: User,
    starts_at: datetime,
    actor: User | None,
    now: datetime,
    minutes: int | None = None,
    version: int | None = None,
) -> Appointment:
    """An appointment taken with the person. DomainError when the time is past, outside hours, or taken."""
    open_for(account, actor=actor, version=version)
    kept = reserve(
        account=account, officer=officer, starts_at=starts_at, now=now, minutes=minutes, actor=actor
    )
    tell_booked(kept, actor=actor, today=today_of(now))
    return kept


def tell_booked(appointment: Appointment, *, actor: User | None, today: date) -> None:
    """The line « rendez-vous pris » of the diary."""
    _tell(appointment, "booked", actor=actor, today=today)


def reserve(
    *,
    account: Account,
    officer: User,
    starts_at: datetime,
    now: datetime,
    actor: User | None,
    minutes: int | None = None,
    line: BatchLine | None = None,
    key: str | None = None,
) -> Appointment:
    """Take the time, inside a wider act: with a `line` it is only proposed until the letter has left."""
    today = today_of(now)
    minutes = minutes or int(policy_of(account.office, today)["appointment_minutes"])
    agenda = _check_time(account, officer, starts_at, minutes, now)
    is_proposed = line is not None
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                office_id=account.office_id,
                account=account,
                person_id=account.person_id,
                agency_id=agenda.agency_at(starts_at) or account.agency_id,
                officer=officer,
                starts_at=starts_at,
                minutes=minutes,
                state=State.PROPOSED if is_proposed else State.BOOKED,
                origin=Appointment.Origin.LETTER if is_proposed else Appointment.Origin.OFFICER,
                line=line,
                created_by=actor,
                key=key,
            )
    except IntegrityError:
        raise DomainError(
            "slot_taken", "Ce créneau vient d’être pris par quelqu’un d’autre : choisissez-en un autre."
        ) from None
    if not is_proposed:
        wait_for(made, actor=actor, today=today)
    return made


def wait_for(appointment: Appointment, *, actor: User | None, today: date) -> None:
    """Reminders wait until the day of the talk: a pause, the mechanism dunning already knows."""
    day = appointment.starts_at.astimezone(PARIS).date()
    hold = holds.record_hold(
        account=appointment.account,
        kind=HoldKind.PAUSE,
        reason=f"Rendez-vous le {day:%d/%m/%Y}",
        starts_on=today,
        ends_on=day,
        actor=actor,
        today=today,
    )
    Appointment.objects.filter(pk=appointment.pk).update(hold=hold)
    appointment.hold = hold


@transaction.atomic
def move(
    *,
    appointment: Appointment,
    starts_at: datetime,
    actor: User,
    now: datetime,
    officer: User | None = None,
    version: int | None = None,
) -> Appointment:
    """The same talk at another time, with the same officer or another; the former line stays readable."""
    account, today = appointment.account, today_of(now)
    open_for(account, actor=actor, version=version)
    move_row(appointment, State.MOVED, LIFECYCLE, closed_on=today)
    _end_wait(appointment, actor=actor, today=today)
    made = reserve(
        account=account,
        officer=officer or appointment.officer,
        starts_at=starts_at,
        now=now,
        actor=actor,
        minutes=appointment.minutes,
    )
    Appointment.objects.filter(pk=appointment.pk).update(moved_to=made)
    _tell(made, "moved", actor=actor, today=today, data={"from_id": appointment.pk})
    return made


@transaction.atomic
def cancel(
    *,
    appointment: Appointment,
    by_tenant: bool,
    reason: str,
    actor: User | None,
    now: datetime,
    version: int | None = None,
) -> Appointment:
    """No talk any more; the procedure goes on from where it stood."""
    account, today = appointment.account, today_of(now)
    open_for(account, actor=actor, version=version)
    note = add_note(account, check_text(reason), actor=actor)
    move_row(appointment, State.CANCELLED, LIFECYCLE, closed_on=today, reason=note)
    _end_wait(appointment, actor=actor, today=today)
    event = "cancelled_by_tenant" if by_tenant else "cancelled_by_office"
    _tell(appointment, event, actor=actor, today=today, note=note)
    return appointment


@transaction.atomic
def mark_kept(
    *, appointment: Appointment, actor: User | None, today: date, version: int | None = None
) -> Appointment:
    """The person came. The interview says what was talked about."""
    open_for(appointment.account, actor=actor, version=version)
    _came(appointment, today)
    before = appointment.state
    move_row(appointment, State.KEPT, LIFECYCLE, closed_on=today)
    _end_wait(appointment, actor=actor, today=today)
    if before == State.NO_SHOW:
        _undo_absence(appointment, actor=actor, today=today)
    _tell(appointment, "kept", actor=actor, today=today)
    return appointment


@transaction.atomic
def mark_no_show(
    *, appointment: Appointment, actor: User, today: date, version: int | None = None
) -> Appointment:
    """Nobody came: one line in the diary, and the procedure says what follows."""
    open_for(appointment.account, actor=actor, version=version)
    _came(appointment, today)
    move_row(appointment, State.NO_SHOW, LIFECYCLE, closed_on=today)
    _end_wait(appointment, actor=actor, today=today)
    write(
        appointment.account,
        Kind.NO_SHOW,
        on=appointment.starts_at.astimezone(PARIS).date(),
        actor=actor,
        key=f"no-show:{appointment.pk}:{appointment.account.version}",
        data={"appointment_id": appointment.pk},
    )
    _close(appointment, "no_show", actor=actor, today=today)
    return appointment


def end_with_interview(*, account: Account, actor: User | None, today: date) -> Appointment | None:
    """An interview was held: the appointment of that day, or the last one still open, was kept."""
    end = datetime.combine(today + timedelta(days=1), datetime.min.time(), PARIS)
    waiting = Appointment.objects.filter(account=account, state__in=TAKEN, starts_at__lt=end)
    found = waiting.order_by("-starts_at").first()
    return mark_kept(appointment=found, actor=actor, today=today) if found else None


def today_of(now: datetime) -> date:
    return now.astimezone(PARIS).date()


def _check_time(
    account: Account, officer: User, starts_at: datetime, minutes: int, now: datetime
) -> agendas.Agenda:
    if officer.office_id != account.office_id:
        raise DomainError("other_office", f"{officer} n’est pas de cet office.")
    if starts_at <= now:
        raise DomainError("slot_past", "Ce créneau est déjà passé : choisissez-en un autre.")
    day = starts_at.astimezone(PARIS).date()
    agenda = agendas.agendas([officer], day)[officer.pk]
    if not slots.is_open(day, agenda.absences, account.office.territory):
        raise DomainError("closed_day", f"{officer} ne reçoit pas le {day:%d/%m/%Y} (absence ou jour férié).")
    wanted = Taken(starts_at, minutes)
    if not any(_within(wanted, opening) for opening in agenda.openings):
        raise DomainError("outside_hours", f"{officer} ne reçoit pas à cette heure-là.")
    if slots.meets(wanted, agenda.taken):
        raise DomainError(
            "slot_taken", "Ce créneau vient d’être pris par quelqu’un d’autre : choisissez-en un autre."
        )
    return agenda


def _within(wanted: Taken, opening: slots.Opening) -> bool:
    start, end = wanted.starts_at.astimezone(PARIS), wanted.ends_at.astimezone(PARIS)
    return (
        start.weekday() == opening.weekday
        and opening.starts <= start.time()
        and end.date() == start.date()
        and end.time() <= opening.ends
    )


def _came(appointment: Appointment, today: date) -> None:
    if appointment.starts_at.astimezone(PARIS).date() > today:
        raise DomainError("appointment_to_come", "Ce rendez-vous n’a pas encore eu lieu.")


def _end_wait(appointment: Appointment, *, actor: User | None, today: date) -> None:
    hold = appointment.hold
    if hold is not None and hold.lifted_on is None and (hold.ends_on is None or hold.ends_on >= today):
        holds.end_hold(hold, on=today, actor=actor)
    messages.take_back_reminder(appointment)


def _undo_absence(appointment: Appointment, *, actor: User | None, today: date) -> None:
    lines = DiaryEntry.objects.filter(
        account=appointment.account, kind=Kind.NO_SHOW, data__appointment_id=appointment.pk, diaryentry=None
    )
    for line in lines:
        write(
            appointment.account,
            Kind.CORRECTION,
            on=today,
            actor=actor,
            corrects=line,
            key=f"correct:{line.pk}",
        )


def _tell(
    appointment: Appointment,
    event: str,
    *,
    actor: User | None,
    today: date,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """The line of the diary, then the audit and the new position."""
    write(
        appointment.account,
        Kind.APPOINTMENT,
        on=today,
        actor=actor,
        data={
            "event": event,
            "appointment_id": appointment.pk,
            "starts_at": appointment.starts_at.astimezone(PARIS).isoformat(timespec="minutes"),
            **(data or {}),
        },
        **fields,
    )
    _close(appointment, event, actor=actor, today=today)


def _close(appointment: Appointment, event: str, *, actor: User | None, today: date) -> None:
    close(appointment.account, f"appointment.{event}", actor=actor, today=today, target=appointment)
