"""1 January 2027 stops nothing: what ended is estimated and marked, never served; the rewritten goes on."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.household.budget import Housing, Line, Situation
from amiable.domain.household.figures import Scales, figures
from amiable.domain.household.people import HOLDER, Member
from amiable.domain.household.seizable_part import seizable
from amiable.domain.law.pack import LawFileError, build_pack
from tests.domain.test_law import GOOD, HEADER

ROOT = Path(__file__).parents[2]
CASES = yaml.safe_load((ROOT / "tests/cases/law/after_2026.yaml").read_text(encoding="utf-8"))
DAYS = (date(2027, 1, 1), date(2027, 1, 2), date(2027, 4, 2), date(2028, 1, 2))
#: Ended for good: another rule replaces them (CAF-03), or a table every user of it knows how to do without.
ENDED = {("CAF-01", "multiple"), ("CAF-01", "base"), ("CAF-02", "multiple"), ("CAF-02", "base"),
         ("HH-05", "first_person"), ("HH-05", "other_person")}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['key']} {case['at']}")
def test_the_law_after_2026(case):
    asked = case["id"], case["at"], case["key"]
    if case["is"] == "sourced":
        found = law.get(*asked)
        assert law.estimate(*asked) == found and not found.outdated
        assert found.confidence == case.get("confidence", found.confidence)
        assert found.from_on <= case["at"] <= (found.to_on or date.max)
    else:
        with pytest.raises(DomainError, match="Aucune valeur sourcée"):
            law.get(*asked)
        if case["is"] == "refused":
            with pytest.raises(DomainError, match="Aucune valeur sourcée"):
                law.estimate(*asked)
            return
        found = law.estimate(*asked)
        assert (found.outdated_fr, found.to_verify) == (case["mark"], True)
    if "value" in case:
        assert Decimal(str(found.value)) == Decimal(str(case["value"]))


def test_what_has_no_value_in_the_years_to_come_is_indexed_or_ended_for_good():
    for rule in law.rules():
        for key, parameter in rule.parameters.items():
            for day in DAYS:
                if parameter.at(day) is None:
                    assert parameter.indexed or (rule.rule_id, key) in ENDED, (rule.rule_id, key, day)


#: What is served to somebody: it refuses rather than estimate.
SERVED = {"amiable/domain/household/wages.py"}


def _named_values() -> list[tuple[str, str, str]]:
    """(file, rule, key) of every `law.get` of the product that names its rule and key in full."""
    found = []
    for path in sorted((ROOT / "amiable").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and ast.unparse(node.func) == "law.get" and len(node.args) > 2
            ):
                continue
            rule, key = node.args[0], node.args[2]
            if isinstance(rule, ast.Constant) and isinstance(key, ast.Constant):
                found.append((str(path.relative_to(ROOT)), rule.value, key.value))
    return found


def test_the_product_never_asks_strictly_for_what_ends_each_year():
    """An estimate uses `law.estimate`; `law.get` of an indexed value would stop a page on the day it ends."""
    named = _named_values()
    assert len(named) > 10
    stopped = [one for one in named if law.rule(one[1]).parameters[one[2]].indexed and one[0] not in SERVED]
    assert stopped == []


@given(
    st.sampled_from([f"CAF-{number:02}" for number in range(4, 16)]),
    st.dates(date(2027, 1, 1), date(2040, 1, 1)),
)
def test_the_rewritten_section_goes_on_and_never_raises(rule_id, day):
    before = {value.key: value.value for value in law.get_all(rule_id, date(2026, 12, 31))}
    found = law.get_all(rule_id, day) if rule_id != "CAF-06" else (law.get(rule_id, day, "rate"),)
    for value in found:
        assert value.value == before[value.key]
        assert value.confidence == "S1" and "2026-84" in value.source and "à relire" in value.source
    for spec in law.limit_specs(rule_id):
        assert law.limit(spec.limit_id, day).ends_on > day


def test_a_spell_keeps_the_regime_of_its_day():
    last, first = law.limit("CAF-04", date(2026, 12, 31)), law.limit("CAF-04", date(2027, 1, 1))
    assert (last.ends_on, last.confidence) == (date(2027, 2, 28), "P")
    assert (first.ends_on, first.confidence) == (date(2027, 3, 1), "S1")


def test_the_offices_own_value_ends_the_estimate():
    own = law.override_map(
        [law.Override("HH-01", "per_dependant", 1800, date(2027, 1, 1), date(2027, 12, 31), "décret")]
    )
    assert law.get("HH-01", date(2027, 1, 1), "per_dependant", overrides=own).value == 1800
    assert law.get("HH-01", date(2026, 12, 31), "per_dependant", overrides=own).value == 1740
    after = law.estimate("HH-01", date(2028, 1, 1), "per_dependant", overrides=own)
    assert (after.value, after.outdated_fr) == (1800, "barème 2027, à mettre à jour")


@pytest.mark.parametrize("day", DAYS)
def test_a_budget_is_read_each_day_and_says_what_is_old(day):
    home = Situation(
        members=(Member(HOLDER, 41),),
        resources=(Line("salary", 150_000, date(2026, 11, 2)),),
        housing=Housing(52_000, 8_000, 25_000),
        charges=(),
    )
    now, then = (figures(home, on, Scales(700), debt_cents=60_000) for on in (day, date(2026, 12, 31)))
    for code in ("seizable", "rsa", "capacity", "months"):
        assert now[code].number == then[code].number is not None
        assert not then[code].note_fr
    for code in ("seizable", "capacity", "months"):
        assert now[code].note_fr == "Barème 2026, à mettre à jour." and now[code].to_verify
    assert seizable(150_000, 0, day).outdated_fr == "barème 2026, à mettre à jour"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "au moins une tranche"),
        ("4 480 : 1/20", "tranche 1"),
        ("4 480 : 1/20 ; 4 480 : 1/10 ; au-delà : 1/1", "tranche 2.*seuils doivent monter"),
        ("4 480 : 1/20 ; 8 730 : 1/20 ; au-delà : 1/1", "tranche 2.*parts doivent monter"),
        ("4 480 : 1/20 ; au-delà : 3/2", "tranche 2.*sans dépasser"),
        ("4.4.8 : 1/20 ; au-delà : 1/1", "tranche 1.*pas un montant"),
        ("au-delà : 1/1", "au moins une tranche"),
    ],
)
def test_a_scale_badly_typed_is_refused_with_its_row(text, says):
    with pytest.raises(DomainError, match=says):
        law.read_scale(text)


def test_a_scale_typed_by_the_office_is_the_scale():
    shipped = law.get("HH-01", date(2026, 6, 1), "scale").value
    typed = " ; ".join(
        f"{row['up_to']} € : {row['share']}" if "up_to" in row else f"au-delà : {row['share']}"
        for row in shipped
    )
    assert [dict(row) for row in law.read_scale(typed)] == [dict(row) for row in shipped]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD.replace("unit: months", "unit: months, indexed: true"), "has an end"),
        (
            GOOD.replace("params:", "amended: {from: 2027-01-01, confidence: P, source: décret}, params:"),
            "confidence",
        ),
        (GOOD.replace("params:", "amended: {from: 2027-01-01, confidence: S1}, params:"), "no source"),
        (
            GOOD.replace("params:", "amended: {from: demain, confidence: S1, source: décret}, params:"),
            "not a date",
        ),
    ],
)
def test_an_index_without_end_or_an_amendment_without_source_is_refused(row, fault):
    with pytest.raises(LawFileError, match=fault):
        build_pack([("bad.yaml", HEADER + row)])
