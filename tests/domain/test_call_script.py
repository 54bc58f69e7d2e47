"""What the call panel says: only what is known, and nothing to a third party."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.contact.call_script import MOST_CHANGES, SLOTS, Change, Owed, best_time, script

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "call_script.yaml").read_text())
CALLS = st.lists(st.tuples(st.integers(0, 23), st.booleans()), max_size=40)


def told(owed: Owed | None = None, **given: Any) -> Any:
    values = {"changes": [], "last_spoken_on": None, "proposals": ["un plan"], "silence": ["rien"], **given}
    return script(caller="C. Morel", office="Habitat", person="Samira Durand", owed=owed or Owed(), **values)


def read(given: dict[str, Any]) -> Owed:
    cents = ("overdue", "to_ask", "pending_aid", "disputed", "frozen", "promised")
    return Owed(**{f"{k}_cents" if k in cents else k: v * 100 if k in cents else v for k, v in given.items()})


def plain(lines: tuple[str, ...]) -> list[str]:
    return [line.replace("\u00a0", " ").replace("\u202f", " ") for line in lines]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    changes = [Change(**one) for one in case.get("changes", ())]
    found = told(read(case["owed"]), changes=changes, last_spoken_on=case.get("last_spoken_on"))
    if "said" in case:
        assert plain(found.owed) == case["said"]
    if "changed" in case:
        assert plain(found.changed) == case["changed"]
    if "proposals" in case:
        assert bool(found.proposals) is case["proposals"]


def test_a_long_story_is_cut_and_says_so() -> None:
    changes = [Change("payment", date(2026, 1, day), 100) for day in range(1, 10)]
    found = told(changes=changes)
    assert len(found.changed) == MOST_CHANGES + 1 and "3 autres faits" in found.changed[-1]
    assert "09/01/2026" in found.changed[0]


def test_what_a_third_party_hears_holds_no_amount() -> None:
    found = told(Owed(overdue_cents=60000, to_ask_cents=60000))
    assert not any("600" in line for line in (found.opening, *found.silence))


@given(CALLS)
def test_the_best_time_is_the_one_a_patient_clerk_finds(calls: list[tuple[int, bool]]) -> None:
    best, found = None, None
    for low, high in SLOTS:
        mine = [ok for at, ok in calls if at in range(low, high)]
        worth = (mine.count(True) + 1) / (len(mine) + 2)
        if any(mine) and (best is None or worth > best):
            best, found = worth, (low, high, mine.count(True), len(mine))
    answer = best_time(calls)
    assert (answer and (answer.from_hour, answer.to_hour, answer.answered, answer.tried)) == found


def test_one_lucky_call_does_not_beat_a_habit() -> None:
    habit = [(18, True)] * 3 + [(18, False)]
    best = best_time([(9, True), (9, False), *habit])
    assert best is not None and best.from_hour == 17 and "3 fois sur 4" in best.words_fr
