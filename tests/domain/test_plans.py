"""A schedule adds up to its debt, whatever was typed, on days that exist."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amiable.domain.check import MISSING, OK, WATCH, may_go
from amiable.domain.errors import DomainError
from amiable.domain.plans.checks import checks
from amiable.domain.plans.schedule import Asked, Step, first_due_on, schedule, span_months

START = date(2026, 1, 31)
POLICY = {"plan_max_months": 36, "plan_delegation_cents": 200_000, "plan_delegation_months": 18}
dates = st.dates(date(2020, 1, 1), date(2060, 12, 31))
amounts = st.integers(1, 2_000_000)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    by_months = draw(st.booleans())
    return Asked(
        debt_cents=draw(amounts),
        starts_on=draw(dates),
        months=draw(st.integers(1, 60)) if by_months else None,
        amount_cents=None if by_months else draw(st.integers(1, 100_000)),
        lump_cents=draw(st.one_of(st.just(0), amounts)),
        steps=tuple(
            Step(months, cents)
            for months, cents in draw(st.lists(st.tuples(st.integers(1, 6), amounts), max_size=3))
        ),
        last_cents=draw(st.one_of(st.none(), amounts)),
        months_off=draw(st.frozensets(st.integers(1, 12), max_size=11)),
    )


@given(asked())
def test_the_sum_is_the_debt_and_every_amount_is_positive(wanted: Asked) -> None:
    try:
        plan = schedule(wanted)
    except DomainError as error:
        assert error.code == "plan_too_long"
        assume(False)
        return
    assert sum(one.amount_cents for one in plan) == wanted.debt_cents
    assert all(one.amount_cents > 0 for one in plan)
    assert [one.number for one in plan] == list(range(1, len(plan) + 1))


@given(asked())
def test_days_rise_keep_their_day_of_month_and_leave_the_months_off(wanted: Asked) -> None:
    try:
        plan = schedule(wanted)
    except DomainError:
        assume(False)
        return
    days = [one.due_on for one in plan]
    assert days == sorted(set(days)) and days[0] >= wanted.starts_on.replace(day=1)
    for day in days:
        last = calendar.monthrange(day.year, day.month)[1]
        assert day.day == min(wanted.starts_on.day, last)
        assert day.month not in wanted.months_off
    assert span_months(plan) >= len(plan)


@given(dates, st.integers(1, 31), st.integers(0, 20))
def test_the_first_date_is_the_nearest_one(not_before: date, rent_day: int, gap: int) -> None:
    """Oracle: walk the days one by one."""
    day = not_before
    while True:
        origin = day - timedelta(days=gap)
        if origin.day == min(rent_day, calendar.monthrange(origin.year, origin.month)[1]):
            break
        day += timedelta(days=1)
    assert first_due_on(not_before, rent_day, gap) == day


@pytest.mark.parametrize(
    ("given_", "amounts_"),
    [
        (Asked(100_000, START, months=12), [8_333] * 11 + [8_337]),
        (Asked(100_000, START, amount_cents=30_000), [30_000] * 3 + [10_000]),
        (Asked(100_000, START, months=3, lump_cents=40_000), [40_000, 20_000, 20_000, 20_000]),
        (Asked(60_000, START, months=4, steps=(Step(2, 5_000),)), [5_000, 5_000, 25_000, 25_000]),
        (Asked(60_000, START, months=3, last_cents=40_000), [10_000, 10_000, 40_000]),
        (Asked(3, START, months=10), [1, 1, 1]),
        (Asked(5_000, START, months=2, lump_cents=9_000), [5_000]),
    ],
)
def test_what_officers_ask_for(given_: Asked, amounts_: list[int]) -> None:
    assert [one.amount_cents for one in schedule(given_)] == amounts_


def test_the_31st_becomes_the_end_of_february_and_comes_back() -> None:
    days = [one.due_on for one in schedule(Asked(30_000, START, months=3))]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Asked(0, START, months=3), "nothing_owed"),
        (Asked(100, START), "plan_months_or_amount"),
        (Asked(100, START, months=3, amount_cents=10), "plan_months_or_amount"),
        (Asked(100, START, months=0), "plan_not_positive"),
        (Asked(100, START, months=3, lump_cents=-1), "plan_not_positive"),
        (Asked(100, START, months=3, months_off=frozenset(range(1, 13))), "plan_no_month"),
        (Asked(10_000_000, START, amount_cents=1), "plan_too_long"),
    ],
)
def test_what_cannot_be_read_is_refused(wrong: Asked, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        schedule(wrong)
    assert refused.value.code == code


def test_checks_say_who_decides() -> None:
    def levels(plan: Asked, capacity: int | None = 10_000) -> dict[str, str]:
        return {check.code: check.state for check in checks(schedule(plan), POLICY, capacity)}

    short = levels(Asked(60_000, START, months=6))
    assert short == {"capacity": OK, "duration": OK, "delegation": OK}
    assert levels(Asked(60_000, START, months=3))["capacity"] == WATCH
    assert levels(Asked(60_000, START, months=6), None)["capacity"] == WATCH
    assert levels(Asked(60_000, START, months=37))["duration"] == MISSING
    assert levels(Asked(250_000, START, months=10))["delegation"] == MISSING
    assert levels(Asked(60_000, START, months=19))["delegation"] == MISSING
    assert may_go(checks(schedule(Asked(60_000, START, months=6)), POLICY, None))
    assert not may_go(checks(schedule(Asked(60_000, START, months=37)), POLICY, None))
