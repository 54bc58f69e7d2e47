"""Values of the law at a date, and the law files themselves: sourced, dated, without overlap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.pack import LawFileError, build_pack, pack

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "values.yaml").read_text(encoding="utf-8")
)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case.get('key', '')} {case['at']}")
def test_a_value_is_the_one_in_force_that_day(case):
    if case.get("refused"):
        with pytest.raises(DomainError, match="Aucune valeur sourcée"):
            law.get(case["id"], case["at"], case.get("key"))
        return
    found = law.get(case["id"], case["at"], case.get("key"))
    wanted = Decimal(str(case["value"])) if isinstance(case["value"], float) else case["value"]
    assert found.value == wanted
    assert found.unit == case.get("unit", found.unit)
    assert found.confidence == case.get("confidence", found.confidence)
    assert found.from_on <= case["at"] <= (found.to_on or date.max)
    assert found.source


def test_amounts_are_exact_cents():
    assert law.get("HH-02", TODAY, "base").cents == 65169
    assert law.get("CAF-03", date(2027, 1, 1), "threshold").cents == 45000
    with pytest.raises(DomainError, match="pas en euros"):
        _ = law.get("CAF-04", TODAY).cents
    with pytest.raises(DomainError, match="pas un nombre"):
        _ = law.get("PUB-07", TODAY).number


def test_a_rule_without_figures_answers_with_its_text():
    found = law.get("CAF-05", TODAY)
    assert (found.key, found.unit) == ("text", "text")
    assert "volontaire" in str(found.value)
    with pytest.raises(DomainError):
        law.get("CAF-05", date(2019, 12, 31))


def test_a_key_is_asked_for_when_several_could_be_meant():
    with pytest.raises(DomainError, match="threshold, first_default"):
        law.get("CAF-03", date(2027, 1, 1))
    with pytest.raises(DomainError, match="n’a pas de paramètre"):
        law.get("CAF-03", date(2027, 1, 1), "amount")
    assert [value.key for value in law.get_all("CAF-03", date(2027, 1, 1))][0] == "threshold"
    with pytest.raises(DomainError, match="Aucune valeur sourcée"):
        law.get_all("CAF-03", date(2026, 12, 31))


@pytest.mark.parametrize(("rule", "at"), [("INT-01", date(2027, 1, 1)), ("HH-02", date(2024, 6, 1))])
def test_what_goes_with_an_unknown_rate_does_not_pass_for_it(rule, at):
    with pytest.raises(DomainError, match="Aucune valeur sourcée"):
        law.get_all(rule, at)
    assert len(law.get_all(rule, date(2026, 11, 22))) > 1


def test_an_offices_own_value_counts_only_between_its_dates():
    own = law.override_map(
        [
            law.Override("PUB-05", "after_notice", 10, date(2026, 1, 1), date(2026, 12, 31), "convention"),
            law.Override("PUB-05", "after_notice", 15, date(2026, 12, 1), None, "avenant"),
        ]
    )
    assert law.get("PUB-05", date(2025, 12, 31), "after_notice", overrides=own).value == 8
    found = law.get("PUB-05", TODAY, "after_notice", overrides=own)
    assert (found.value, found.unit, found.source, found.overridden) == (10, "days", "convention", True)
    assert law.get("PUB-05", date(2026, 12, 15), "after_notice", overrides=own).value == 15
    assert law.get("PUB-05", TODAY, "after_notice").overridden is False


def test_what_was_read_in_the_text_itself_is_not_an_offices_to_change():
    """CAF-04 is certain until 2026 and to verify from 2027: an override only counts then."""
    own = law.override_map([law.Override("CAF-04", "delay", 1, date(2026, 1, 1), None, "office")])
    assert law.get("CAF-04", TODAY, overrides=own).value == 2
    assert law.get("CAF-04", date(2027, 1, 1), overrides=own).value == 1


def test_an_office_may_load_a_yearly_table_nobody_shipped():
    """HH-05 ships with 2024 only."""
    own = law.override_map([law.Override("HH-05", "first_person", 600, date(2026, 1, 1), None, "barème")])
    assert law.get("HH-05", TODAY, "first_person", overrides=own).cents == 60000


def test_the_pack_cannot_be_changed():
    with pytest.raises(TypeError):
        pack().rules["CAF-04"] = None
    with pytest.raises(AttributeError):
        law.get("CAF-04", TODAY).value = 3
    scale = law.get("HH-01", TODAY, "scale").value
    with pytest.raises(TypeError):
        scale[0]["up_to"] = 0


def test_every_value_has_a_source_a_unit_and_a_day_of_checking():
    for rule in law.rules():
        assert rule.source and rule.text and rule.title, rule.rule_id
        assert rule.checked_on >= date(2026, 11, 22), rule.rule_id
        for parameter in rule.parameters.values():
            for value in parameter.values:
                assert value.source.strip(), (rule.rule_id, parameter.key)
                assert value.unit in law.UNITS
                assert value.confidence in law.CONFIDENCES


def test_rules_to_verify_are_those_on_one_source_or_on_memory():
    to_verify = {rule.rule_id for rule in law.rules() if rule.to_verify}
    assert {"CAF-16", "PLAN-01", "PUB-05", "INT-01", "DUN-08", "CT-01"} <= to_verify
    assert not {"TIME-01", "CAF-02", "IP-03", "LIT-01", "SUR-06"} & to_verify


HEADER = "topic: t\norder: 1\ntitle: T\nchecked_on: 2026-11-22\nrules:\n"
GOOD = (
    "  - {id: X-1, title: T, text: Règle., source: code, confidence: P, "
    "params: {d: {label: L, value: 2, unit: months}}}\n"
)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD.replace("source: code, ", ""), "no source"),
        (GOOD.replace("source: code", "source: ' '"), "no source"),
        (GOOD.replace("confidence: P", "confidence: sûr"), "confidence"),
        (GOOD.replace("unit: months", "unit: lunes"), "unit"),
        (GOOD.replace("label: L, ", ""), "no label"),
        (GOOD.replace("value: 2, ", ""), "value"),
        (GOOD + GOOD, "defined twice"),
        (
            GOOD.replace("value: 2", "values: [{value: 2, to: 2026-06-30}, {value: 3, from: 2026-06-30}]"),
            "two values in force",
        ),
        (GOOD.replace("value: 2", "values: [{value: 2}, {value: 3}]"), "two values in force"),
        (GOOD.replace("value: 2", "value: 2, from: 2026-02-01, to: 2026-01-01"), "before it begins"),
        (GOOD.replace("value: 2", "value: 2, from: hier"), "not a date"),
        (
            GOOD.replace(
                "params:", "limits: [{delay: e, label: L, event: E, nature: deadline, rolls: true}], params:"
            ),
            "no parameter",
        ),
        (
            GOOD.replace(
                "params:", "limits: [{delay: d, label: L, event: E, nature: deadline, rolls: oui}], params:"
            ),
            "true or false",
        ),
        (
            GOOD.replace(
                "params:", "limits: [{delay: d, label: L, event: E, nature: usure, rolls: true}], params:"
            ),
            "nature",
        ),
    ],
)
def test_a_faulty_law_file_is_refused(row, fault):
    build_pack([("good.yaml", HEADER + GOOD)])
    with pytest.raises(LawFileError, match=fault):
        build_pack([("bad.yaml", HEADER + row)])


def test_an_open_value_ends_on_the_eve_of_the_next():
    made = build_pack(
        [("x.yaml", HEADER + GOOD.replace("value: 2", "values: [{value: 3, from: 2026-04-01}, {value: 2}]"))]
    )
    first, second = made.rules["X-1"].parameters["d"].values
    assert (first.value, first.to_on, second.from_on) == (2, date(2026, 3, 31), date(2026, 4, 1))
