"""The calendar as an agenda reads it (RFC 5545): no debt, no name, the account's reference only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from amiable.limits.calendar import LegalLimit


def feed(limits: Iterable[LegalLimit], *, now: datetime, address: Callable[[LegalLimit], str]) -> bytes:
    """One whole-day event per limit. address: where the account is opened."""
    made = Calendar()
    made.add("prodid", "-//Amiable//Limites légales//FR")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Limites légales")
    for limit in limits:
        event = Event()
        event.add("uid", f"{limit.key}@amiable")
        event.add("dtstamp", now)
        event.add("dtstart", limit.limit_on)
        event.add("dtend", limit.limit_on + timedelta(days=1))
        event.add("summary", f"{limit.label}, compte {limit.account.ref} ({limit.rule})")
        event.add("description", f"{limit.article}\n{limit.consequence}".strip())
        event.add("url", address(limit))
        made.add_component(event)
    return made.to_ical()
