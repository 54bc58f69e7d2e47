"""Legal interest: the rulebook's worked sums, each border, and a naive count day by day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import add_months
from amiable.domain.law.interest import interest

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
COLUMNS = ("autres_cas", "particuliers")


@pytest.mark.parametrize(
    ("cents", "from_on", "to_on", "column", "expected"),
    [
        (100_000, date(2026, 3, 31), date(2026, 6, 30), "autres_cas", 653),
        (100_000, date(2026, 5, 15), date(2026, 9, 15), "autres_cas", 910),
        (250_000, date(2024, 2, 1), date(2024, 12, 31), "particuliers", 18_463),
        (123_456, date(2024, 11, 15), date(2025, 3, 15), "autres_cas", 1_692),
        # One day, then none: the first day never counts, the last one does.
        (100_000, date(2026, 6, 30), date(2026, 7, 1), "autres_cas", 8),
        (100_000, date(2026, 7, 1), date(2026, 7, 1), "autres_cas", 0),
        # Rounding each half-year apart would give 119.
        (33_333, date(2026, 6, 1), date(2026, 7, 20), "autres_cas", 120),
        (0, date(2024, 6, 1), date(2026, 7, 20), "autres_cas", 0),
    ],
)
def test_the_worked_sums(cents, from_on, to_on, column, expected):
    found = interest(cents, from_on, to_on, column)
    assert (found.cents, found.base_cents, found.surcharge_cents) == (expected, expected, 0)
    assert sum(period.days for period in found.periods) == (to_on - from_on).days


def test_the_surcharge_of_a_judgment_is_told_apart():
    found = interest(500_000, date(2026, 1, 31), date(2026, 6, 30), "autres_cas", served_on=date(2026, 2, 10))
    assert (found.base_cents, found.surcharge_cents, found.cents) == (5_384, 5_548, 10_932)
    assert found.surcharge_from == date(2026, 4, 11)
    assert [(one.from_on, one.days, int(one.surcharge)) for one in found.periods] == [
        (date(2026, 2, 1), 69, 0),
        (date(2026, 4, 11), 81, 5),
    ]


@pytest.mark.parametrize(
    ("served_on", "surcharge_from"),
    [
        (date(2026, 2, 10), date(2026, 4, 11)),
        # 28 February 2026 is a Saturday: months expire, nothing is rolled to a working day.
        (date(2025, 12, 31), date(2026, 3, 1)),
        (date(2025, 12, 28), date(2026, 3, 1)),
        (date(2023, 12, 31), date(2024, 3, 1)),
        (date(2025, 12, 27), date(2026, 2, 28)),
    ],
)
def test_the_surcharge_begins_once_two_months_have_expired(served_on, surcharge_from):
    for last, owed in ((surcharge_from - timedelta(days=1), False), (surcharge_from, True)):
        found = interest(10_000_000, served_on, last, "autres_cas", served_on=served_on)
        assert (found.surcharge_from, found.surcharge_cents > 0) == (surcharge_from, owed)


@given(
    st.integers(0, 10**9),
    st.dates(FIRST - timedelta(days=1), LAST),
    st.integers(0, 900),
    st.sampled_from(COLUMNS),
    st.none() | st.dates(date(2023, 6, 1), LAST),
)
def test_the_same_as_a_naive_count_day_by_day(cents, from_on, days, column, served_on):
    to_on = min(from_on + timedelta(days=days), LAST)
    found = interest(cents, from_on, to_on, column, served_on=served_on)
    base = more = Fraction(0)
    day = from_on + timedelta(days=1)
    while day <= to_on:
        length = (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        base += Fraction(cents) * Fraction(str(law.get("INT-01", day, column).value)) / 100 / length
        if served_on is not None and day > add_months(served_on, 2):
            more += Fraction(cents) * 5 / 100 / length
        day += timedelta(days=1)
    rounded = [int(each + Fraction(1, 2)) for each in (base + more, base)]
    assert (found.cents, found.base_cents) == tuple(rounded)
    spans = [(one.from_on, one.to_on) for one in found.periods]
    assert all(
        after[0] - before[1] == timedelta(days=1) for before, after in zip(spans, spans[1:], strict=False)
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_a_half_year_without_a_rate_refuses_and_says_what_to_enter(column):
    assert interest(100, date(2026, 1, 1), LAST, column).cents
    for span in ((date(2026, 12, 1), date(2027, 1, 1)), (date(2023, 12, 30), date(2024, 2, 1))):
        with pytest.raises(
            DomainError, match=r"INT-01 \(taux.*peut saisir la nouvelle valeur, avec sa source"
        ):
            interest(100, *span, column)
    own = law.override_map(
        [law.Override("INT-01", column, 3, date(2027, 1, 1), date(2027, 6, 30), "arrêté lu au JO")]
    )
    found = interest(100_000, date(2026, 12, 31), date(2027, 1, 31), column, overrides=own)
    assert found.cents == 255 and found.periods[0].rate.source == "arrêté lu au JO"


@pytest.mark.parametrize(
    ("cents", "to_on"), [(-1, date(2026, 2, 1)), (100, date(2025, 12, 31))], ids=["negative", "backwards"]
)
def test_what_makes_no_sense_is_refused(cents, to_on):
    with pytest.raises(DomainError, match="somme positive"):
        interest(cents, date(2026, 1, 1), to_on, "autres_cas")


@given(st.dates(FIRST, LAST))
def test_the_rate_of_private_claims_is_that_of_the_table(day):
    """DUN-04 tells the rate a letter names: never another one than INT-01."""
    try:
        told = law.get("DUN-04", day).value
    except DomainError:
        return
    assert told == law.get("INT-01", day, "autres_cas").value
