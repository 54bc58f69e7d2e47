"""A limit that is suspended, resumed, interrupted or postponed, against a person who crosses days off."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.errors import DomainError
from amiable.domain.law.running import (
    INTERRUPTED,
    POSTPONED,
    RESUMED,
    SUSPENDED,
    Happening,
    Run,
    after,
    replay,
)
from amiable.domain.settlement.prescription import with_prescription

START = date(2026, 3, 2)
LONG = 60


def again(day: date) -> date:
    return day + timedelta(days=LONG)


def crossed_off(happened: list[Happening]) -> date | None:
    """The last day, by crossing one day off after another; None: it never comes, nobody resumed."""
    by_day: dict[date, list[str]] = {}
    for one in happened:
        by_day.setdefault(one.on, []).append(one.what)
    day, left, stopped = START, LONG, False
    while True:
        for what in by_day.get(day, []):
            if what == INTERRUPTED:
                left = LONG
            else:
                stopped = what == SUSPENDED
        if left == 0 and not stopped:
            return day
        if day > START + timedelta(days=2_000):
            return None
        day += timedelta(days=1)
        left -= not stopped


def kept(happened: list[Happening]) -> tuple[Run, list[Happening]]:
    """What is possible of these, the rest being refused."""
    run, told = Run(START, again(START)), []
    for one in happened:
        try:
            run = after(run, one, again)
        except DomainError:
            continue
        told.append(one)
    return run, told


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from([SUSPENDED, RESUMED, INTERRUPTED]), st.integers(0, 300)), max_size=8
).map(
    lambda found: [
        Happening(what, START + timedelta(days=n)) for what, n in sorted(found, key=lambda x: x[1])
    ]
)


@given(HAPPENINGS)
def test_it_ends_on_the_day_found_by_crossing_days_off(happened: list[Happening]):
    run, told = kept(happened)
    assert (None if run.suspended else run.limit_on) == crossed_off(told)
    assert replay(Run(START, again(START)), told, again) == run


class Rent:
    prescription_from = "due_on"

    def prescribes_on(self, day: date) -> date:
        return again(day)


@given(st.lists(st.integers(1, 200), max_size=5))
def test_interruptions_give_the_day_the_engine_computes_for_a_prescription(days: list[int]):
    acts = [START + timedelta(days=n) for n in sorted(set(days))]
    run, _ = kept([Happening(INTERRUPTED, day) for day in acts])
    items = pl.DataFrame({"account_id": [1], "nature": ["loyer"], "due_on": [START], "document_on": [START]})
    told = pl.DataFrame(
        {"account_id": [1] * len(acts), "on": acts}, schema={"account_id": pl.Int64, "on": pl.Date}
    )
    assert with_prescription(items, {"loyer": Rent()}, told).item(0, "prescribes_on") == run.limit_on


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        ([Happening(SUSPENDED, again(START) + timedelta(days=1))], "limit_passed"),
        ([Happening(INTERRUPTED, again(START) + timedelta(days=1))], "limit_passed"),
        ([Happening(RESUMED, START)], "limit_not_suspended"),
        ([Happening(SUSPENDED, START), Happening(SUSPENDED, START)], "limit_suspended"),
        ([Happening(SUSPENDED, START), Happening(POSTPONED, START, date(2027, 1, 1))], "limit_suspended"),
        ([Happening(POSTPONED, START, again(START))], "limit_not_later"),
        ([Happening(POSTPONED, START)], "limit_not_later"),
        ([Happening(INTERRUPTED, START - timedelta(days=1))], "limit_too_early"),
    ],
)
def test_what_cannot_happen_is_refused(happened: list[Happening], code: str):
    with pytest.raises(DomainError) as refused:
        replay(Run(START, again(START)), happened, again)
    assert refused.value.code == code


def test_the_last_day_itself_may_still_stop_or_begin_again():
    last = again(START)
    assert after(Run(START, last), Happening(SUSPENDED, last), again).suspended
    assert after(Run(START, last), Happening(INTERRUPTED, last), again).limit_on == again(last)
    later = last + timedelta(days=9)
    assert after(Run(START, last), Happening(POSTPONED, later, later), again).limit_on == later
