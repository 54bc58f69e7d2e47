"""An officer is away: their appointments of those days are given to somebody else, or to another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from amiable.appointments import agenda as agendas
from amiable.appointments import messages, services
from amiable.appointments.agenda import Offer
from amiable.appointments.lifecycle import TAKEN
from amiable.appointments.models import Absence, Appointment, Hours
from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.contact.slots import PARIS, is_open
from amiable.domain.errors import DomainError


@dataclass(frozen=True)
class Replan:
    """An appointment an absence touches, and the times that could take its place."""

    appointment: Appointment
    offers: tuple[Offer, ...]


@transaction.atomic
def declare(*, officer: User, from_on: date, to_on: date, label: str, actor: User, today: date) -> Absence:
    """Days on which the officer receives nobody. Appointments already taken stay: see `to_replan`."""
    require(actor, "work_accounts")
    if officer.office_id != actor.office_id:
        raise DomainError("other_office", f"{officer} n’est pas de cet office.")
    if to_on < from_on:
        raise DomainError("absence_order", "La fin de l’absence doit suivre son début.")
    if to_on < today:
        raise DomainError("absence_past", "Cette absence est déjà passée.")
    made, is_new = Absence.objects.get_or_create(
        officer=officer, from_on=from_on, to_on=to_on, defaults={"label": label[:60], "created_by": actor}
    )
    if is_new:
        record("absence.declared", office=officer.office, actor=actor, target=made)
    return made


@transaction.atomic
def withdraw(*, absence: Absence, actor: User) -> None:
    """The officer is there after all."""
    require(actor, "work_accounts")
    record("absence.withdrawn", office=absence.officer.office, actor=actor, target=absence)
    absence.delete()


def touched(absence: Absence, today: date) -> list[Appointment]:
    """Appointments still to come in those days."""
    low = datetime.combine(max(absence.from_on, today), time.min, PARIS)
    high = datetime.combine(absence.to_on + timedelta(days=1), time.min, PARIS)
    rows = Appointment.objects.filter(
        officer_id=absence.officer_id, state__in=TAKEN, starts_at__gte=low, starts_at__lt=high
    )
    related = (
        "account__person",
        "account__office",
        "account__agency",
        "account__officer",
        "person",
        "agency",
    )
    return list(rows.select_related(*related, "office", "officer").order_by("starts_at"))


def to_replan(absence: Absence, now: datetime) -> list[Replan]:
    """For each appointment touched: the same hour with a colleague first, then the next free times."""
    found = []
    for one in touched(absence, services.today_of(now)):
        same = _same_hour(one)
        others = [each for each in agendas.offers(one.account, now, count=3) if each not in same]
        found.append(Replan(one, tuple([*same, *others][:4])))
    return found


def _same_hour(one: Appointment) -> list[Offer]:
    """Colleagues of the agency who are free at that very time."""
    day = one.starts_at.astimezone(PARIS).date()
    people = [person for person in agendas.receivers(one.account) if person.pk != one.officer_id]
    found = []
    for agenda in agendas.agendas(people, day).values():
        if not is_open(day, agenda.absences, one.office.territory):
            continue
        if one.starts_at in set(agendas.free(agenda, one.office, day, day, one.minutes)):
            found.append(Offer(one.starts_at, agenda.officer, agenda.agency_at(one.starts_at)))
    return found


def replan(
    *, absence: Absence, choices: Mapping[int, Offer], channel: str, actor: User, now: datetime
) -> tuple[list[Appointment], list[str]]:
    """Move each chosen appointment and tell its person, one transaction each; (moved, refusals in French).

    A time taken meanwhile leaves its appointment as it was, with the reason; done again, what is moved stays.
    """
    moved, refused = [], []
    for one in touched(absence, services.today_of(now)):
        chosen = choices.get(one.pk)
        if chosen is None:
            continue
        try:
            with transaction.atomic():
                made = services.move(
                    appointment=one, starts_at=chosen.at, officer=chosen.officer, actor=actor, now=now
                )
                if channel and made.starts_at != one.starts_at:
                    messages.tell_person(made, "rdv_deplace", channel=channel, actor=actor, now=now)
        except DomainError as error:
            refused.append(f"{one.person} : {error.message_fr}")
        else:
            moved.append(made)
    return moved, refused


@transaction.atomic
def save_hours(*, officer: User, ranges: list[tuple[int, int, time, time]], actor: User) -> None:
    """The week somebody receives: (weekday, agency, from, to) takes the place of the former one."""
    officer.hours.all().delete()
    for weekday, agency_id, starts, ends in ranges:
        Hours.objects.create(officer=officer, agency_id=agency_id, weekday=weekday, starts=starts, ends=ends)
    record("hours.saved", office=officer.office, actor=actor, target=officer)
