"""Every time limit of both rulebooks, from a table a lawyer can read, and what must be refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law_pack import pack

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "limits.yaml").read_text(encoding="utf-8")
)
OPTIONS = ("territory", "lease_on", "clause", "reverse")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['from']} {case['why'][:40]}")
def test_a_limit_ends_on_the_day_the_table_says(case):
    options = {name: case[name] for name in OPTIONS if name in case}
    if case.get("unsourced"):
        with pytest.raises(DomainError, match="Aucune valeur sourcée"):
            law.limit(case["id"], case["from"], **options)
        return
    found = law.limit(case["id"], case["from"], **options)
    assert (found.ends_on, found.ends_on_local, found.rolled) == (
        case["ends"],
        case.get("local"),
        case.get("rolled", False),
    )
    assert found.rule == case["id"]
    assert found.source


def test_every_limit_of_the_pack_is_in_the_table():
    assert {case["id"] for case in CASES} == set(pack().limits)


def test_both_dates_are_given_and_the_earlier_is_worked_to():
    after = law.limit("SUR-06", date(2025, 12, 11), territory="57")
    assert after.work_on == after.ends_on == date(2025, 12, 26)
    before = law.limit("CT-03", date(2026, 4, 21), territory="57")
    assert before.work_on == before.ends_on_local == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("rule_id", "options", "says"),
    [
        ("CAF-15", {}, "aucun délai"),
        ("CAF-99", {}, "n’existe pas"),
        ("PUB-03.4", {}, "n’existe pas"),
        ("PUB-03", {}, "PUB-03.1"),
        ("LIT-03", {}, "--lease-on"),
        ("LIT-03", {"clause": "bientôt"}, "2 mois"),
        ("CAF-04", {"lease_on": date(2020, 1, 1)}, "ne dépend pas"),
        ("CAF-04", {"territory": "GES"}, "GES"),
        ("CAF-04", {"reverse": True}, "ne se compte que depuis"),
        ("CAF-03", {}, "Aucune valeur sourcée"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_french(rule_id, options, says):
    with pytest.raises(DomainError, match=says):
        law.limit(rule_id, date(2026, 11, 22), **options)


def test_a_rule_with_several_limits_answers_them_all():
    found = law.limits("PUB-03", date(2026, 9, 10))
    assert [each.rule for each in found] == ["PUB-03.1", "PUB-03.2", "PUB-03.3"]


def test_a_limit_takes_the_delay_an_office_has_overridden():
    own = law.override_map(
        [law.Override("PUB-05", "after_notice", 15, date(2026, 1, 1), None, "convention locale")]
    )
    assert law.limit("PUB-05.2", date(2026, 11, 23), overrides=own).ends_on == date(2026, 12, 8)
    assert law.limit("PUB-05.2", date(2025, 11, 24), overrides=own).ends_on == date(2025, 12, 2)


def test_ids_are_read_whatever_their_case():
    assert law.limit(" caf-04 ", date(2026, 12, 31)).rule == "CAF-04"
