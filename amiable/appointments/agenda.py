"""Reading the agenda: an officer's hours, absences and times taken, and the free slots that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db.models import QuerySet

from amiable.accounts.models import Account
from amiable.appointments.lifecycle import TAKEN
from amiable.appointments.models import Absence, Appointment, Hours
from amiable.core.models import Office, User
from amiable.domain.contact import slots
from amiable.domain.contact.slots import PARIS, Opening, Taken
from amiable.procedures.in_force import policy_of

#: How far ahead free times are looked for.
HORIZON_DAYS = 60


@dataclass
class Agenda:
    """What is known of one officer: hours with their agencies, absences, times taken from `first` on."""

    officer: User
    hours: list[Hours] = field(default_factory=list)
    absences: list[slots.Absence] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    @property
    def openings(self) -> list[Opening]:
        return [Opening(one.weekday, one.starts, one.ends) for one in self.hours]

    def agency_at(self, at: datetime) -> int | None:
        """The agency at which this officer receives at that time."""
        here = at.astimezone(PARIS)
        for one in self.hours:
            if one.weekday == here.weekday() and one.starts <= here.time() < one.ends:
                return one.agency_id
        return None


def agendas(officers: Sequence[User], first: date) -> dict[int, Agenda]:
    """The agendas of some officers from a day on. Three queries, however many they are."""
    found = {officer.pk: Agenda(officer) for officer in officers}
    for row in Hours.objects.filter(officer__in=found).order_by("weekday", "starts"):
        found[row.officer_id].hours.append(row)
    for officer_id, low, high in Absence.objects.filter(officer__in=found, to_on__gte=first).values_list(
        "officer_id", "from_on", "to_on"
    ):
        found[officer_id].absences.append((low, high))
    since = datetime.combine(first, time.min, PARIS)
    rows = Appointment.objects.filter(officer__in=found, state__in=TAKEN, starts_at__gte=since)
    for officer_id, at, minutes in rows.values_list("officer_id", "starts_at", "minutes"):
        found[officer_id].taken.append(Taken(at, minutes))
    return found


def free(agenda: Agenda, office: Office, first: date, last: date, minutes: int) -> Iterator[datetime]:
    """The free times of an officer, in order."""
    return slots.free_slots(
        agenda.openings,
        first=first,
        last=last,
        minutes=minutes,
        absences=agenda.absences,
        taken=agenda.taken,
        territory=office.territory,
    )


@dataclass(frozen=True)
class Offer:
    """A free time and who receives then."""

    at: datetime
    officer: User
    agency_id: int | None


def offers(account: Account, now: datetime, *, lead_days: int = 0, count: int = 3) -> list[Offer]:
    """The first free times to propose for an account: its officer's, else those of the agency's officers."""
    office, today = account.office, now.astimezone(PARIS).date()
    minutes = int(policy_of(office, today)["appointment_minutes"])
    first = today + timedelta(days=lead_days)
    people = receivers(account)
    known = agendas(people, first)
    last = first + timedelta(days=HORIZON_DAYS)
    for group in ([one for one in people if one.pk == account.officer_id], people):
        times = sorted(
            (at, agenda.officer.pk)
            for agenda in (known[one.pk] for one in group)
            for at in islice((t for t in free(agenda, office, first, last, minutes) if t > now), count)
        )
        if times:
            return [Offer(at, known[pk].officer, known[pk].agency_at(at)) for at, pk in times[:count]]
    return []


def receivers(account: Account) -> list[User]:
    """Who may receive somebody about this account: people with hours at its agency, or its own officer."""
    people = User.objects.filter(office_id=account.office_id, is_active=True, hours__isnull=False).distinct()
    near = people.filter(hours__agency_id=account.agency_id) if account.agency_id else people
    own = people.filter(pk=account.officer_id) if account.officer_id else people.none()
    return list((near | own).distinct().order_by("last_name", "pk"))


def between(office: Office, low: datetime, high: datetime) -> QuerySet[Appointment]:
    """The appointments of an office in a stretch of time, with what a line shows."""
    related = ("account__person", "person", "agency", "officer")
    found = Appointment.objects.filter(office=office, starts_at__gte=low, starts_at__lt=high)
    return found.select_related(*related).order_by("starts_at", "pk")
