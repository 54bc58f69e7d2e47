"""Departments' rules of the fund: what they say of a household, and what is refused in a pack."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from amiable.domain.cases.fsl import Case, department_of, judge, read_packs
from amiable.domain.errors import DomainError

ROOT = Path(__file__).parents[2]
PACKS = read_packs(yaml.safe_load((ROOT / "amiable/partners/fsl/packs.yaml").read_text(encoding="utf-8")))
CASES = yaml.safe_load((ROOT / "tests/cases/fsl.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("told", CASES, ids=lambda told: told["cas"])
def test_a_household_under_the_rules_of_a_department(told: dict[str, Any]) -> None:
    persons = told.get("personnes", 1)
    case = Case(
        at=date(2026, 11, 22),
        debt_cents=told.get("dette", 120_000),
        months_of_rent=told.get("mois", 4.0),
        oldest_unpaid_on=told.get("ancienne", date(2026, 9, 1)),
        last_unpaid_on=told.get("recente", date(2026, 10, 1)),
        frozen_cents=told.get("gelee", 0),
        rent_cents=50_000,
        aid_cents=20_000,
        persons=persons,
        is_couple=told.get("couple", False),
        resources_cents=told.get("ressources", 100_000) if persons else None,
    )
    lines = judge(PACKS[told["fsl"]], case)
    assert [line.state for line in lines] == told["lignes"], [line.said_fr for line in lines]
    assert all(line.label_fr and line.said_fr and line.source.startswith("FSL-") for line in lines)


def test_a_figure_without_value_that_day_is_unknown_not_guessed() -> None:
    early = Case(date(2023, 6, 1), 120_000, 4.0, date(2023, 1, 1), date(2023, 1, 1), 0, 0, 0)
    assert {line.state for line in judge(PACKS["02"], early)} == {"unknown"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"department": "1", "label": "x", "seen_on": None, "criteria": [{"kind": "age"}]}], "n’existe pas"),
        (
            [
                {
                    "department": "1",
                    "label": "x",
                    "seen_on": None,
                    "criteria": [{"kind": "cap", "most": "FSL-02:z"}],
                }
            ],
            "n’est pas un paramètre",
        ),
        ([{"department": "1", "label": "x", "seen_on": None, "criteria": []}] * 2, "deux règlements"),
    ],
)
def test_a_pack_that_is_wrong_is_refused(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        read_packs(rows)


@pytest.mark.parametrize(
    ("postcode", "department"),
    [
        ("33000", "33"),
        ("02100", "02"),
        ("20090", "2A"),
        ("20290", "2B"),
        ("97411", "974"),
        ("", ""),
        ("3300", ""),
    ],
)
def test_the_department_of_a_postcode(postcode: str, department: str) -> None:
    assert department_of(postcode) == department
