"""What the night and the worker do for appointments: yesterday's loose ends, tomorrow's reminders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from amiable.appointments import messages
from amiable.appointments.agenda import between
from amiable.appointments.lifecycle import State
from amiable.core.models import Office
from amiable.domain.contact.slots import PARIS
from amiable.domain.law.calendar import working_day


def remind_tomorrow(*, office: Office, today: date, now: datetime) -> int:
    """Reminders of the next day's appointments, and of the days after it up to the next working day, so that
    a Monday's is told on Friday. They leave within the contact hours; how many will."""
    if today != now.astimezone(PARIS).date():
        return 0
    last = today + timedelta(days=1)
    while not working_day(last, office.territory):
        last += timedelta(days=1)
    low = datetime.combine(today + timedelta(days=1), time.min, PARIS)
    high = datetime.combine(last + timedelta(days=1), time.min, PARIS)
    coming = between(office, low, high).filter(state=State.BOOKED, reminded_at=None)
    return sum(messages.remind(one, now) for one in coming.select_related("account__office", "office"))
