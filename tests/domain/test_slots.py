"""Free slots: against a minute-by-minute walk, and on the days that trip calendars."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.contact.slots import PARIS, Opening, Taken, free_slots
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import is_holiday

FIRST = date(2026, 3, 23)
hours = st.integers(16, 40).map(lambda n: time(n // 2, 30 * (n % 2)))
openings = st.lists(
    st.tuples(st.integers(0, 6), hours, hours).filter(lambda t: t[1] < t[2]).map(lambda t: Opening(*t)),
    max_size=4,
)
days = st.integers(0, 45).map(lambda n: FIRST + timedelta(days=n))
absences = st.lists(st.tuples(days, days).map(lambda t: (min(t), max(t))), max_size=2)
busy = st.lists(
    st.tuples(days, hours, st.sampled_from([15, 30, 60])).map(
        lambda t: Taken(datetime.combine(t[0], t[1], PARIS), t[2])
    ),
    max_size=6,
)


def minutes_of(at: datetime, length: int) -> set[datetime]:
    return {at + timedelta(minutes=n) for n in range(length)}


@given(openings, absences, busy, st.sampled_from([20, 30, 45]), st.sampled_from(["FR", "57"]))
def test_never_on_a_holiday_nor_in_an_absence_nor_twice(opened, away, taken, length, territory):
    last = FIRST + timedelta(days=45)
    found = list(
        free_slots(
            opened, first=FIRST, last=last, minutes=length, absences=away, taken=taken, territory=territory
        )
    )
    assert found == sorted(found)
    occupied = set().union(*(minutes_of(one.starts_at, one.minutes) for one in taken)) if taken else set()
    for at in found:
        here = at.astimezone(PARIS)
        assert not is_holiday(here.date(), territory)
        assert not any(low <= here.date() <= high for low, high in away)
        assert not minutes_of(at, length) & occupied
        end = (here + timedelta(minutes=length)).time()
        assert any(o.weekday == here.weekday() and o.starts <= here.time() and end <= o.ends for o in opened)


def test_a_morning_is_cut_whole_and_its_rest_is_left():
    monday = date(2026, 11, 30)
    found = free_slots([Opening(0, time(9), time(10, 20))], first=monday, last=monday, minutes=30)
    assert [at.strftime("%H:%M") for at in found] == ["09:00", "09:30"]


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change():
    opened = [Opening(day, time(10), time(10, 30)) for day in range(7)]
    found = free_slots(opened, first=date(2026, 3, 28), last=date(2026, 3, 30), minutes=30)
    assert [(at.hour, at.utcoffset()) for at in found] == [
        (10, timedelta(hours=1)),
        (10, timedelta(hours=2)),
        (10, timedelta(hours=2)),
    ]


def test_good_friday_is_a_holiday_in_moselle_only():
    friday = date(2026, 4, 3)
    opened = [Opening(4, time(9), time(10))]
    asked = {"first": friday, "last": friday, "minutes": 30}
    assert len(list(free_slots(opened, **asked))) == 2
    assert not list(free_slots(opened, territory="57", **asked))


def test_hours_in_the_wrong_order_are_refused():
    with pytest.raises(DomainError, match="suivre"):
        Opening(0, time(10), time(9))
