"""Months, holidays, roll-over and the contact window."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import (
    ContactWindow,
    add_months,
    contact_window,
    holidays,
    ouvrable_day,
    roll,
    territory_code,
    working_day,
)

PARIS = ZoneInfo("Europe/Paris")
OFFICE = ContactWindow(opens=time(8), closes=time(20))
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_end_on_the_same_number_or_the_months_last_day(day, months, wanted):
    assert add_months(day, months) == wanted


@given(DAYS, st.integers(-120, 120))
def test_a_month_is_never_skipped(day, months):
    ended = add_months(day, months)
    assert (ended.year * 12 + ended.month) - (day.year * 12 + day.month) == months
    assert ended.day <= day.day


def test_national_and_local_holidays():
    national = holidays(2026)
    assert len(national) == 11
    assert national[date(2026, 4, 6)] == "Lundi de Pâques"
    assert set(holidays(2026, "57")) - set(national) == {date(2026, 4, 3), date(2026, 12, 26)}
    assert holidays(2026, "57") == holidays(2026, "67") == holidays(2026, "Alsace-Moselle")
    assert set(holidays(2026, "971")) - set(national) == {date(2026, 5, 27)}
    assert set(holidays(2026, "972")) - set(national) == {date(2026, 5, 22)}
    assert set(holidays(2026, "974")) - set(national) == {date(2026, 12, 20)}
    assert holidays(2026, "42") == national


def test_two_holidays_on_one_day_count_once():
    """In 2008 the Ascension fell on the first of May."""
    assert len(holidays(2008)) == 10
    assert not working_day(date(2008, 5, 1))


@pytest.mark.parametrize("name", ["GES", "Grand Est", "20", "96", "", "57x", "Zone A", "999"])
def test_an_unknown_territory_is_an_error_not_a_lost_holiday(name):
    with pytest.raises(DomainError, match="n’est pas connu"):
        holidays(2026, name)


@pytest.mark.parametrize(
    ("name", "code"),
    [("FR", "FR"), ("fr-57", "57"), ("2a", "2A"), ("moselle", "57"), ("FR-974", "974"), ("01", "01")],
)
def test_a_territory_is_read_as_people_write_it(name, code):
    assert territory_code(name) == code


def test_working_days():
    assert working_day(date(2026, 11, 23))
    assert not working_day(date(2026, 11, 22))
    assert not working_day(date(2026, 11, 21))
    assert ouvrable_day(date(2026, 11, 21))
    assert not working_day(date(2026, 11, 11))
    assert working_day(date(2025, 12, 26))
    assert not working_day(date(2025, 12, 26), "68")


@given(DAYS)
def test_rolling_goes_to_the_nearest_working_day_on_its_side(day):
    later, earlier = roll(day), roll(day, backwards=True)
    assert earlier <= day <= later
    assert working_day(later) and working_day(earlier)
    assert (later == day) == working_day(day) == (earlier == day)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:00"),
        ("2026-11-23 08:00", "2026-11-23 08:00"),
        ("2026-11-23 07:59", "2026-11-23 08:00"),
        ("2026-11-23 20:00", "2026-11-24 08:00"),
        ("2026-11-20 21:30", "2026-11-23 08:00"),
        ("2026-11-22 10:00", "2026-11-23 08:00"),
        ("2026-12-24 22:00", "2026-12-28 08:00"),
        ("2026-12-31 20:00", "2027-01-04 08:00"),
    ],
)
def test_a_message_outside_the_window_waits_for_its_next_opening(now, wanted):
    moment = datetime.fromisoformat(now).replace(tzinfo=PARIS)
    assert contact_window(moment, OFFICE) == datetime.fromisoformat(wanted).replace(tzinfo=PARIS)


def test_the_window_keeps_local_holidays_and_an_offices_saturdays():
    boxing_day = datetime(2025, 12, 26, 10, tzinfo=PARIS)
    assert contact_window(boxing_day, OFFICE) == boxing_day
    assert contact_window(boxing_day, OFFICE, "67").date() == date(2025, 12, 29)
    saturdays = ContactWindow(time(9), time(12), frozenset(range(6)))
    assert contact_window(datetime(2026, 11, 21, 9, 30, tzinfo=PARIS), saturdays).day == 21


@pytest.mark.parametrize("bounds", [(time(20), time(8)), (time(8), time(8))])
def test_an_empty_window_is_refused(bounds):
    with pytest.raises(DomainError):
        ContactWindow(*bounds)
    with pytest.raises(DomainError):
        ContactWindow(time(8), time(20), frozenset())
