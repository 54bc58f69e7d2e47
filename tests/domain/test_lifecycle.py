"""A lifecycle that cannot be walked is refused when it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.lifecycle import BrokenLifecycle, Lifecycle

STAGES = ("a", "b", "c", "d")
TABLES = st.dictionaries(st.sampled_from(STAGES), st.frozensets(st.sampled_from(STAGES)), min_size=1)


def made(moves: dict[str, frozenset[str]], starts: frozenset[str], named: frozenset[str]) -> Lifecycle:
    return Lifecycle(starts, moves, {stage: stage.upper() for stage in named}, "Ici : {stage}.")


def can_be_walked(moves: dict[str, frozenset[str]], starts: frozenset[str], named: frozenset[str]) -> bool:
    """Naive: every road of as many steps as there are stages, one after the other."""
    if not starts or set(moves) != named or not starts <= named:
        return False
    roads = [(start,) for start in starts]
    for _ in STAGES:
        roads += [(*road, to) for road in roads for to in moves.get(road[-1], ()) if to not in road]
    told = {to for following in moves.values() for to in following}
    return told <= named and {road[-1] for road in roads} >= named


@given(TABLES, st.frozensets(st.sampled_from(STAGES)), st.frozensets(st.sampled_from(STAGES)))
def test_a_table_is_read_when_each_of_its_stages_is_named_and_reached(
    moves: dict[str, frozenset[str]], starts: frozenset[str], named: frozenset[str]
) -> None:
    for names in (named, frozenset(moves)):
        if not can_be_walked(moves, starts, names):
            with pytest.raises(BrokenLifecycle):
                made(moves, starts, names)
            continue
        life = made(moves, starts, names)
        assert life.over == {stage for stage in moves if not moves[stage]}
        for to in STAGES:
            assert life.before(to) == {stage for stage in STAGES if to in moves.get(stage, ())}


@pytest.mark.parametrize(
    ("starts", "moves", "said"),
    [
        ((), {"a": ()}, "begin"),
        (("a",), {"a": ("b",)}, "b"),
        (("a",), {"a": (), "b": ()}, "nothing leads to"),
        (("z",), {"a": ()}, "z"),
    ],
)
def test_what_is_wrong_is_named(
    starts: tuple[str, ...], moves: dict[str, tuple[str, ...]], said: str
) -> None:
    with pytest.raises(BrokenLifecycle, match=said):
        Lifecycle(starts, moves, {stage: stage for stage in moves}, "")
