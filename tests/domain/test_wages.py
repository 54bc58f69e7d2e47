"""What a seizure takes from several wages: the rulebook's sums, and a naive count cent by cent."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.household.seizable_part import seizable
from amiable.domain.household.wages import seized

PAY = date(2026, 11, 30)
#: HH-01 as the decree prints it: annual bounds in euros, shares of each slice.
SLICES = ((4480, 20), (8730, 10), (13000, 5), (17230, 4), (21470, 3))
WAGES = st.lists(st.integers(0, 400_000), min_size=1, max_size=4)


def naive(monthly: int, dependants: int) -> int:
    """Of each slice of twelve months' wages, its share; what is left is never below the RSA."""
    year, taken, lower = Fraction(monthly * 12, 100), Fraction(0), Fraction(0)
    for bound, part in SLICES:
        upper = bound + 1740 * dependants
        taken += max(Fraction(0), min(year, upper) - lower) / part
        lower = Fraction(upper)
    upper = 25810 + 1740 * dependants
    taken += max(Fraction(0), min(year, upper) - lower) * 2 / 3 + max(Fraction(0), year - upper)
    return max(0, min(int(taken * 100 / 12 + Fraction(1, 2)), monthly - 65_169))


@given(WAGES, st.integers(0, 6))
def test_the_shares_add_up_to_the_quotite_of_the_total(nets, dependants):
    found = seized(nets, dependants, PAY)
    assert sum(found.shares) == found.quotite_cents == naive(sum(nets), dependants)
    for net, share in zip(nets, found.shares, strict=True):
        assert 0 <= share <= net
        exact = Fraction(found.quotite_cents * net, sum(nets) or 1)
        assert abs(share - exact) < 1


@given(WAGES, st.integers(0, 6), st.integers(0, 300_000))
def test_alimony_takes_first_what_cannot_be_seized_and_the_rsa_is_left(nets, dependants, alimony):
    found, total = seized(nets, dependants, PAY, alimony_cents=alimony), sum(nets)
    free = max(0, total - found.quotite_cents - found.floor_cents)
    assert found.seizable_cents == max(0, found.quotite_cents - max(0, alimony - free))
    assert found.seizable_cents <= max(
        0, total - found.floor_cents - min(alimony, free + found.quotite_cents)
    )
    assert (
        seized(nets, dependants, PAY, alimony_cents=min(alimony, free)).shares
        == seized(nets, dependants, PAY).shares
    )


@pytest.mark.parametrize(
    ("nets", "dependants", "alimony", "shares"),
    [
        # 1 500 EUR a month: 373.33/20 + 354.17/10 + 355.83/5 + 352.50/4 + 64.17/3 = 234.76.
        ([150_000], 0, 0, (23_476,)),
        ([100_000, 50_000], 0, 0, (15_651, 7_825)),
        # Three like wages: the cent left over goes to the first.
        ([50_000, 50_000, 50_000], 0, 0, (7_826, 7_825, 7_825)),
        # Below the RSA nothing is seized; one cent above it, one cent.
        ([60_000], 0, 0, (0,)),
        ([0, 0], 0, 0, (0, 0)),
        # Alimony: 1 500 - 234.76 - 651.69 = 613.55 come from what cannot be seized.
        ([150_000], 0, 61_355, (23_476,)),
        ([150_000], 0, 61_356, (23_475,)),
        ([150_000], 0, 90_000, (0,)),
    ],
)
def test_the_worked_sums(nets, dependants, alimony, shares):
    assert seized(nets, dependants, PAY, alimony_cents=alimony).shares == shares


def test_one_employer_is_the_ordinary_quotite():
    for net in (65_168, 65_169, 65_170, 98_765, 210_000):
        assert seized([net], 2, PAY).quotite_cents == seizable(net, 2, PAY).seizable_cents


@pytest.mark.parametrize("at", [date(2025, 12, 31), date(2027, 1, 1), date(2027, 4, 2)])
def test_a_seizure_is_served_with_the_scale_of_its_day_or_not_at_all(at):
    with pytest.raises(DomainError, match="HH-0[12].*Rien n’a été supposé"):
        seized([150_000], 0, at)


def test_the_pay_of_31_december_has_its_scale_and_the_next_one_the_offices_own():
    assert seized([150_000], 0, date(2026, 12, 31)).seizable_cents == 23_476
    scale = law.read_scale("4 480 : 1/20 ; 8 730 : 1/10 ; au-delà : 1/1")
    own = law.override_map(
        [
            law.Override("HH-01", "scale", scale, date(2027, 1, 1), None, "décret"),
            law.Override("HH-01", "per_dependant", 1800, date(2027, 1, 1), None, "décret"),
        ]
    )
    assert "décret" in seized([150_000], 0, date(2027, 1, 5), overrides=own).source


@pytest.mark.parametrize(
    ("nets", "dependants", "alimony"), [([], 0, 0), ([-1], 0, 0), ([1], -1, 0), ([1], 0, -1)]
)
def test_what_makes_no_sense_is_refused(nets, dependants, alimony):
    with pytest.raises(DomainError, match="jamais négatifs"):
        seized(nets, dependants, PAY, alimony_cents=alimony)
