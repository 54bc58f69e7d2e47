"""A value of the law that begins is told to users: its day, its rule, the period and who is touched."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

from amiable.domain.law.pack import pack

TOLD = Path(__file__).resolve().parents[2] / "docs" / "droit" / "CHANGELOG.md"
#: Older values were there before Amiable.
SINCE = date(2026, 1, 1)
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip
_HEADING = re.compile(r"^## (\d+)(?:er)? (\S+) (\d{4})$", re.MULTILINE)


def told(text: str) -> dict[date, str]:
    """Day of entry into force -> what is said of it."""
    parts = _HEADING.split(text)[1:]
    return {
        date(int(parts[at + 2]), MONTHS.index(parts[at + 1]) + 1, int(parts[at])): parts[at + 3]
        for at in range(0, len(parts), 4)
    }


def begun() -> dict[date, set[str]]:
    """Day -> the rules one of whose values begins then."""
    found: dict[date, set[str]] = defaultdict(set)
    for rule in pack().rules.values():
        for parameter in rule.parameters.values():
            for value in parameter.values:
                if value.from_on is not None and value.from_on >= SINCE:
                    found[value.from_on].add(rule.rule_id)
    return dict(found)


def test_every_value_that_begins_is_told_on_its_day():
    said = told(TOLD.read_text(encoding="utf-8"))
    assert len(begun()) > 5
    named = {day: set(re.findall(r"`([A-Z]+-\d+)`", text)) for day, text in said.items()}
    assert {(day, rule) for day, rules in begun().items() for rule in rules - named.get(day, set())} == set()


def test_each_entry_names_known_rules_a_period_and_who_is_touched():
    known = set(pack().rules)
    for day, text in told(TOLD.read_text(encoding="utf-8")).items():
        assert set(re.findall(r"`([A-Z]+-\d+)`", text)) <= known, day
        for entry in re.split(r"^- ", text, flags=re.MULTILINE)[1:]:
            words = " ".join(entry.split()).casefold()
            assert "**période**" in words and "**touchés**" in words, f"{day} : {words}"


def test_days_go_from_the_newest():
    days = list(told(TOLD.read_text(encoding="utf-8")))
    assert days == sorted(days, reverse=True)
