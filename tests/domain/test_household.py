"""The seizable part of a wage: the rulebook's vectors, the RSA floor, and what must hold for any wage."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.errors import DomainError
from amiable.domain.household.seizable_part import seizable

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("monthly", "dependants", "wanted"),
    [
        (60000, 0, 0),
        (150000, 0, 23476),
        (180000, 0, 33838),
        (180000, 2, 25260),
        (250000, 0, 92143),
        (0, 0, 0),
    ],
)
def test_the_vectors_of_the_rulebook(monthly, dependants, wanted):
    assert seizable(monthly, dependants, TODAY).seizable_cents == wanted


def test_the_floor_is_the_rsa_of_the_day():
    assert seizable(67000, 0, TODAY).seizable_cents == 67000 - 65169
    assert seizable(66000, 0, date(2026, 3, 31)).floor_cents == 64652


@given(st.integers(0, 2_000_000), st.integers(0, 10))
def test_a_larger_wage_never_leaves_less_and_a_child_never_costs(monthly, dependants):
    found = seizable(monthly, dependants, TODAY)
    more = seizable(monthly + 100, dependants, TODAY)
    assert 0 <= found.seizable_cents <= monthly
    assert monthly - found.seizable_cents >= min(monthly, found.floor_cents)
    assert found.seizable_cents <= more.seizable_cents <= found.seizable_cents + 100
    assert seizable(monthly, dependants + 1, TODAY).seizable_cents <= found.seizable_cents


@pytest.mark.parametrize(
    ("monthly", "dependants", "at"), [(-1, 0, TODAY), (1, -1, TODAY), (1, 0, date(2025, 12, 31))]
)
def test_what_has_no_answer_is_refused(monthly, dependants, at):
    with pytest.raises(DomainError):
        seizable(monthly, dependants, at)
