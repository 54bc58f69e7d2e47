"""What the rooms say together: once, without contradiction, and in the order the night has always had."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

import amiable
from amiable.core.models import User
from amiable.core.rooms import NightStep, Room, RoomsDisagree, gather, house, ordered
from amiable.diary.models import DiaryEntry
from amiable.nightly.steps import STEPS

ROOT = Path(amiable.__file__).parent


@pytest.mark.parametrize(
    "said", [{"lines": {"x": "X"}}, {"verbs": {"x.y": "a fait"}}, {"capabilities": {"do_x": ()}}]
)
def test_two_rooms_that_say_the_same_word_are_refused(said: dict[str, dict[str, str]]) -> None:
    word = next(iter(next(iter(said.values()))))
    with pytest.raises(RoomsDisagree, match=f"{word}.*by one and by two"):
        gather([Room("one", **said), Room("two", **said)])  # type: ignore[arg-type]
    assert gather([Room("one", **said), Room("two")])  # type: ignore[arg-type]


def test_two_rooms_of_one_name_or_one_step_are_refused() -> None:
    with pytest.raises(RoomsDisagree, match="« one »"):
        gather([Room("one"), Room("one")])
    with pytest.raises(RoomsDisagree, match="« s »"):
        gather([Room("one", night=(NightStep("s", "", ""),)), Room("two", night=(NightStep("s", "", ""),))])


@given(st.data())
def test_the_night_keeps_every_order_it_is_told_or_says_that_it_cannot(data: st.DataObject) -> None:
    names = "abcd"
    some = st.frozensets(st.sampled_from(names), max_size=2)
    steps = [
        NightStep(name, "", "", after=tuple(data.draw(some)), before=tuple(data.draw(some))) for name in names
    ]
    pairs = {(first, one.name) for one in steps for first in one.after}
    pairs |= {(one.name, later) for one in steps for later in one.before}
    possible = [
        order
        for order in permutations(names)
        if all(first != later and order.index(first) < order.index(later) for first, later in pairs)
    ]
    if possible:
        assert tuple(step.name for step in ordered(steps)) == min(possible)
    else:
        with pytest.raises(RoomsDisagree, match="wait for each other"):
            ordered(steps)


def test_a_step_that_waits_for_nobody_s_step_is_refused() -> None:
    with pytest.raises(RoomsDisagree, match="nobody does"):
        ordered([NightStep("a", "", "", after=("b",))])


def test_the_order_of_the_night_is_read_here() -> None:
    assert [step.name for step in STEPS] == [
        "holds", "promises", "disputes", "plans", "appointments", "answers", "social", "positions",
        "touched", "batches",
    ]  # fmt: skip


def test_every_room_that_speaks_is_heard_and_says_data_only() -> None:
    """A `room.py` that is not installed would be silent; one that imports its room would be no data."""
    files = sorted(ROOT.glob("*/room.py"))
    installed = {Path(config.path).name for config in apps.get_app_configs()}
    assert len(files) >= 15 and {path.parent.name for path in files} <= installed
    for path in files:
        imported = set(re.findall(r"^(?:from|import) (amiable\.\w+)", path.read_text(), re.MULTILINE))
        assert imported <= {"amiable.core", "amiable.domain"}, path


def test_every_kind_of_line_and_every_capability_asked_for_is_said_by_a_room() -> None:
    assert {str(kind) for kind in DiaryEntry.Kind} <= set(house().lines)
    asked = {
        word
        for path in ROOT.rglob("*.py")
        for word in re.findall(r'\b(?:may|require)\(\s*[\w.()]+,\s*"(\w+)"', path.read_text())
    }
    assert len(asked) > 10 and asked <= set(house().capabilities)
    assert {role for roles in house().capabilities.values() for role in roles} <= set(User.Role.values)
