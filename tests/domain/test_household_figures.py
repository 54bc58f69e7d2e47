"""The figures of a household: the rulebook's cases, a naive oracle, and what must hold for any budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import CHARGES, DEBTS, RESOURCES, Debt, Housing, Line, Situation
from amiable.domain.household.figures import Scales, figures, months_needed
from amiable.domain.household.people import (
    CHILD,
    HOLDER,
    OTHER,
    PARTNER,
    Member,
    dependants,
    rsa_forfait,
    units,
)
from amiable.domain.household.reading import read, write

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "household.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)
SCALES = Scales(1200)

members = st.lists(
    st.one_of(
        st.builds(Member, st.just(CHILD), st.none() | st.integers(0, 20), st.sampled_from([100, 50, 25])),
        st.builds(Member, st.just(OTHER), st.integers(14, 90), st.just(100), st.booleans()),
    ),
    max_size=6,
)
holder = st.builds(Member, st.just(HOLDER), st.integers(18, 100))
couple = st.lists(st.builds(Member, st.just(PARTNER), st.integers(18, 90)), max_size=1)
cents = st.integers(0, 500_000)
days = st.none() | st.dates(date(2020, 1, 1), date(2026, 11, 22))
lines = {
    name: st.lists(st.builds(Line, st.sampled_from(list(kinds)), cents, days), max_size=5)
    for name, kinds in (("resources", RESOURCES), ("charges", CHARGES))
}
debts = st.lists(
    st.builds(Debt, st.sampled_from(list(DEBTS)), cents, st.none() | cents, days, days), max_size=3
)
situations = st.builds(
    lambda one, two, more, resources, home, charges, owed: Situation(
        (one, *two, *more), tuple(resources), home, tuple(charges), tuple(owed)
    ),
    holder,
    couple,
    members,
    lines["resources"],
    st.builds(Housing, cents, cents, cents, st.booleans()),
    lines["charges"],
    debts,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_cases_a_lawyer_can_read(case):
    household = read(case["household"])
    debt = int(Decimal(str(case["debt"])) * 100) if "debt" in case else None
    found = figures(household.situation, case["at"], SCALES, debt_cents=debt)
    for code, wanted in case["wanted"].items():
        figure = found[code]
        if wanted is None or figure.unit in ("units", "rate"):
            assert figure.number == (None if wanted is None else Fraction(wanted)), code
        elif figure.unit == "months":
            assert figure.number == wanted, code
        else:
            assert figure.number == int(Decimal(str(wanted)) * 100), code


def naive_capacity(one: Situation, seizable: int, rsa: int) -> int:
    """In euros with decimals, one person and one line at a time."""
    weight = Decimal(0)
    for member in one.members:
        if member.role == HOLDER:
            weight += 1
        elif member.age is not None and member.age >= 14:
            weight += Decimal("0.5") * member.custody_percent / 100
        else:
            weight += Decimal("0.3") * member.custody_percent / 100
    money = Decimal(0)
    for line in one.resources:
        money += Decimal(line.monthly_cents) / 100
    above_rsa = money - Decimal(rsa) / 100
    rent = Decimal(one.housing.rent_cents + one.housing.charges_cents - one.housing.aid_cents) / 100
    money -= rent if rent > 0 else 0
    for charge in one.charges:
        money -= Decimal(charge.monthly_cents) / 100
    for debt in one.debts:
        money -= Decimal(debt.monthly_cents) / 100
    money -= (Decimal(360) * weight).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    least = sorted([Decimal(seizable) / 100, above_rsa, money])[0]
    return int(least * 100) if least > 0 else 0


def naive_rsa(people: tuple[Member, ...]) -> Decimal:
    """The rulebook's words, case by case: alone or in a couple, then each person to support."""
    base, alone = Decimal("651.69"), not any(one.role == PARTNER for one in people)
    supported = len([one for one in people if one.role != PARTNER and (one.role == CHILD or one.dependent)])
    rates = {0: 0, 1: 50, 2: 80} if alone else {0: 50, 1: 80, 2: 110}
    percent = rates[min(supported, 2)] + 40 * max(0, supported - 2)
    return (base * (100 + percent) / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@settings(deadline=None)
@given(situations)
def test_the_capacity_and_the_rsa_are_those_of_a_naive_reading(one):
    found = figures(one, TODAY, SCALES)
    assert Decimal(found["rsa"].cents) / 100 == naive_rsa(one.members)
    assert found["capacity"].cents == naive_capacity(one, found["seizable"].cents, found["rsa"].cents)


@settings(deadline=None)
@given(situations, st.integers(0, 10**7))
def test_what_holds_for_any_household(one, debt):
    found = figures(one, TODAY, SCALES, debt_cents=debt)
    capacity, resources = found["capacity"].cents, found["resources"].cents
    assert 0 <= capacity <= found["seizable"].cents
    # After the instalment, the RSA of the household is left, unless it had less than that.
    assert resources - capacity >= min(resources, found["rsa"].cents)
    months = found["months"].number
    if months:
        assert capacity * months >= debt > capacity * (months - 1)
    else:
        assert capacity == 0 or debt == 0
    rest = Fraction(resources - one.housing.net_cents - one.charges_cents)
    assert abs(rest / 30 / found["units"].number - found["living_rest"].cents) <= Fraction(1, 2)
    for figure in found.values():
        assert figure.source
        assert figure.formula_fr


@settings(deadline=None)
@given(situations)
def test_a_child_more_never_raises_what_is_asked(one):
    more = Situation((*one.members, Member(CHILD, 5)), one.resources, one.housing, one.charges, one.debts)
    assert figures(more, TODAY, SCALES)["capacity"].cents <= figures(one, TODAY, SCALES)["capacity"].cents


@settings(deadline=None)
@given(situations)
def test_what_is_written_is_read_back(one):
    assert read(write(one)).situation == one


def test_the_office_own_scale_is_used_with_its_source():
    own = law.override_map(
        [
            law.Override("HH-05", key, value, date(2026, 1, 1), None, "barème 2026 reçu de la commission")
            for key, value in (("first_person", 640), ("other_person", 230))
        ]
    )
    one = Situation((Member(HOLDER, 40),), (Line("salary", 200_000),))
    told = figures(one, TODAY, Scales(1200, own))["living_minimum"]
    assert told.cents == 64_000
    assert "barème 2026 reçu de la commission" in told.source
    unknown = figures(one, TODAY, SCALES)["living_minimum"]
    assert unknown.cents == 36_000
    assert "à vérifier" in unknown.note_fr


def test_a_dependent_adult_protects_as_a_child_and_a_partner_as_the_second_person():
    alone = (Member(HOLDER, 40),)
    with_parent = (*alone, Member(OTHER, 70, dependent=True))
    assert (dependants(alone), dependants(with_parent)) == (0, 1)
    assert rsa_forfait(with_parent, TODAY)[0] == rsa_forfait((*alone, Member(PARTNER, 38)), TODAY)[0]
    assert units(with_parent, TODAY).number == Fraction(3, 2)


def test_a_household_without_anybody_is_refused():
    with pytest.raises(DomainError):
        figures(Situation(()), TODAY, SCALES)


@pytest.mark.parametrize(
    ("debt", "capacity", "wanted"), [(0, 0, 0), (1, 0, None), (100, 100, 1), (101, 100, 2)]
)
def test_months_are_whole_and_rounded_up(debt, capacity, wanted):
    assert months_needed(debt, capacity) == wanted
