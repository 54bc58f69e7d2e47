"""Free times of an officer at an agency: hours cut in slots, less holidays, absences and what is taken.

Everything is Paris local time: a slot of 10 h is 10 h in summer and in winter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import NATIONAL, is_holiday

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Hours of one day of the week (0 Monday to 6), `ends` excluded: a morning, an afternoon."""

    weekday: int
    starts: time
    ends: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6 or self.starts >= self.ends:
            raise DomainError("bad_opening", "L’heure de fin doit suivre l’heure de début.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A time that is not free: aware start, minutes."""

    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


#: Whole days away, both ends included.
Absence = tuple[date, date]


def slots_of(openings: Sequence[Opening], day: date, minutes: int) -> Iterator[datetime]:
    """Every slot of a day, free or not, in order; one that would end after the hours is left out."""
    length, found = timedelta(minutes=minutes), set()
    for opening in openings:
        if opening.weekday == day.weekday():
            at = datetime.combine(day, opening.starts)
            while at + length <= datetime.combine(day, opening.ends):
                found.add(at)
                at += length
    for at in sorted(found):
        yield at.replace(tzinfo=PARIS)


def free_slots(
    openings: Sequence[Opening],
    *,
    first: date,
    last: date,
    minutes: int,
    absences: Collection[Absence] = (),
    taken: Sequence[Taken] = (),
    territory: str = NATIONAL,
) -> Iterator[datetime]:
    """The free slots from `first` to `last` included, in order. None on a holiday of the territory, none in
    an absence, none that meets what is taken."""
    day = first
    while day <= last:
        if is_open(day, absences, territory):
            busy = [one for one in taken if one.starts_at.astimezone(PARIS).date() == day]
            for at in slots_of(openings, day, minutes):
                if not meets(Taken(at, minutes), busy):
                    yield at
        day += DAY


def is_open(day: date, absences: Collection[Absence], territory: str = NATIONAL) -> bool:
    """Whether the officer receives that day at all."""
    return not is_holiday(day, territory) and not any(low <= day <= high for low, high in absences)


def meets(wanted: Taken, taken: Sequence[Taken]) -> bool:
    """Whether a time overlaps one of those taken; touching ends do not."""
    return any(wanted.starts_at < one.ends_at and one.starts_at < wanted.ends_at for one in taken)
