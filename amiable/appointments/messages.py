"""What is written about an appointment: its words, its calendar file, the confirmation and the reminder."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from amiable.appointments.lifecycle import State
from amiable.appointments.models import Appointment
from amiable.core.lifecycle import move_all
from amiable.core.models import Agency, Office, User
from amiable.correspondence import store
from amiable.correspondence.lifecycle import OUTBOX
from amiable.correspondence.models import Document, OutboxItem
from amiable.domain.contact.slots import PARIS
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach import services as outreach

if TYPE_CHECKING:
    from icalendar import Event

#: Tried in this order for a reminder; paper would come too late.
REMINDER_CHANNELS = ("sms", "email")
CHANNEL_CODES = {"sms": "sms_{}", "email": "email_{}", "post": "{}"}


def hour_words(at: datetime) -> str:
    """`10 h 30`, `9 h`."""
    here = at.astimezone(PARIS)
    hour = f"{here.hour}{french.NBSP}h"
    return f"{hour}{french.NBSP}{here.minute:02d}" if here.minute else hour


def place_words(agency: Agency | None, office: Office) -> str:
    """`agence Bellevue, 4 rue du Parc, 69003 Lyon`; the office itself without agency."""
    address = (agency.address if agency and agency.address else office.address).splitlines()
    name = agency.name if agency else "agence"
    if not name.lower().startswith("agence"):
        name = f"agence {name}"
    return ", ".join(part.strip() for part in (name[:1].lower() + name[1:], *address) if part.strip())


def values(at: datetime, officer: User, agency: Agency | None, office: Office) -> dict[str, str]:
    """The variables of the room for one appointment."""
    day = at.astimezone(PARIS).date()
    return {
        "rdv_date": f"{french.day_words(day)} {day.year}",
        "rdv_heure": hour_words(at),
        "rdv_personne": str(officer),
        "rdv_lieu": place_words(agency, office),
    }


def values_of(appointment: Appointment) -> dict[str, str]:
    return values(appointment.starts_at, appointment.officer, appointment.agency, appointment.office)


def tell_person(
    appointment: Appointment, what: str, *, channel: str, actor: User | None, now: datetime
) -> OutboxItem | None:
    """Write to the person: `what` is rdv_confirmation, rdv_deplace, rdv_annule or rdv_rappel. An e-mail that
    gives a time carries its calendar file. DomainError when they cannot be reached that way."""
    attached = None
    if channel == "email" and what in ("rdv_confirmation", "rdv_deplace"):
        attached = _ics_document(appointment, actor, now.astimezone(PARIS).date())
    return outreach.issue(
        account=appointment.account,
        code=CHANNEL_CODES[channel].format(what),
        actor=actor,
        now=now,
        key=_key(appointment, what),
        extra=values_of(appointment),
        to=appointment.person,
        channel=channel,
        attached=attached,
    ).item


def tell_or_say(appointment: Appointment, what: str, *, channel: str, actor: User, now: datetime) -> str:
    """`tell_person`, which never undoes the appointment: what prevents it, in words, else ""."""
    if not channel:
        return ""
    try:
        with transaction.atomic():
            tell_person(appointment, what, channel=channel, actor=actor, now=now)
    except DomainError as refusal:
        return f"La personne n’a pas été prévenue. {refusal.message_fr}"
    return ""


def _key(appointment: Appointment, what: str) -> str:
    return f"{what}-{appointment.pk}"


def take_back_reminder(appointment: Appointment) -> None:
    """The appointment changed: a reminder that still waits for the morning does not leave."""
    waiting = OutboxItem.objects.filter(idempotency_key=f"one-{_key(appointment, 'rdv_rappel')}")
    move_all(waiting, OutboxItem.Status.CANCELLED, OUTBOX)


def remind(appointment: Appointment, now: datetime) -> bool:
    """The reminder of the day before, once, by SMS else by e-mail; whether something will leave."""
    mine = Appointment.objects.filter(pk=appointment.pk, state=State.BOOKED, reminded_at=None)
    if not mine.update(reminded_at=now):
        return False
    for channel in REMINDER_CHANNELS:
        try:
            with transaction.atomic():
                tell_person(appointment, "rdv_rappel", channel=channel, actor=None, now=now)
        except DomainError:
            continue
        return True
    return False


def calendar(appointments: list[Appointment], name: str, *, for_officer: bool) -> bytes:
    """An iCalendar file. The tenant's names no debt; the officer's names the account."""
    # Not at the top: eighty modules that every command would read for the one that invites.
    from icalendar import Calendar

    book = Calendar()
    book.add("prodid", "-//Amiable//FR")
    book.add("version", "2.0")
    book.add("x-wr-calname", name)
    for one in appointments:
        book.add_component(_event(one, for_officer=for_officer))
    # A zone that is named must be described (RFC 5545, 3.2.19): some agendas would show another hour.
    book.add_missing_timezones()
    return book.to_ical()


def _event(one: Appointment, *, for_officer: bool) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"rendez-vous-{one.pk}@amiable")
    event.add("dtstamp", one.created_at)
    event.add("dtstart", one.starts_at.astimezone(PARIS))
    event.add("duration", one.ends_at - one.starts_at)
    who = f"{one.person} ({one.account.ref})" if for_officer else f"Rendez-vous, {one.office.name}"
    event.add("summary", who)
    event.add("location", place_words(one.agency, one.office))
    if one.state in (State.CANCELLED, State.MOVED):
        event.add("status", "CANCELLED")
    return event


def _ics_document(appointment: Appointment, actor: User | None, on: date) -> Document:
    content: Any = calendar([appointment], appointment.office.name, for_officer=False)
    return store.add_document(
        office=appointment.office,
        account=appointment.account,
        person=appointment.person,
        code="rendez-vous",
        title=f"Rendez-vous du {appointment.starts_at.astimezone(PARIS):%d/%m/%Y}",
        content=content,
        dated_on=on,
        actor=actor,
        media_type="text/calendar",
    )
