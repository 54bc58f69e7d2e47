"""Rounds against a naive check of every rule, and against every order of a few visits."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.geography import Point, Roads
from amiable.visits.rounds import Call, Day, PlannedRound, plan

HOUR = 3600
AGENCY = Point(47.9, 1.9)
DAY = Day(AGENCY, 9 * HOUR, 17 * HOUR, 12 * HOUR, 13 * HOUR, HOUR, Roads(130, 30))
NO_LUNCH = Day(AGENCY, 9 * HOUR, 17 * HOUR, 12 * HOUR, 13 * HOUR, 0, Roads(130, 30))


def call(
    pk: int, north: float, east: float, *, after: int = 9, before: float = 16.5, length: int = 1800
) -> Call:
    """A home so many hundredths of a degree away from the agency."""
    at = Point(AGENCY.lat + north / 100, AGENCY.lon + east / 100)
    return Call(pk, at, length, int(after * HOUR), int(before * HOUR))


calls = st.lists(
    st.builds(
        lambda north, east, after, width, minutes: call(
            0, north, east, after=after, before=min(16, after + width), length=minutes * 60
        ),
        st.integers(-4, 4),
        st.integers(-4, 4),
        st.integers(9, 15),
        st.integers(0, 6),
        st.integers(10, 60),
    ),
    max_size=12,
).map(lambda found: [Call(n, c.at, c.length, c.not_before, c.not_after) for n, c in enumerate(found, 1)])


def assert_possible(made: PlannedRound, by_id: dict[int, Call], day: Day) -> None:
    """Walk through the day with a watch in hand."""
    here, now, road = day.start, made.leaves_agency, 0
    assert now >= day.begins
    for stop in made.stops:
        asked = by_id[stop.visit_id]
        assert stop.arrives >= now + day.roads.seconds(here, asked.at)
        assert asked.not_before <= stop.arrives <= asked.not_after
        assert stop.leaves == stop.arrives + asked.length
        assert stop.road_m == day.roads.metres(here, asked.at)
        here, now, road = asked.at, stop.leaves, road + stop.road_m
    assert made.back_at_agency == now + day.roads.seconds(here, day.start) <= day.ends
    assert made.road_m == road + day.roads.metres(here, day.start)
    if made.lunch_at is not None:
        assert day.lunch_from <= made.lunch_at <= day.lunch_to
        assert all(
            stop.leaves <= made.lunch_at or stop.arrives >= made.lunch_at + day.lunch_length
            for stop in made.stops
        )


@settings(max_examples=60)
@given(calls, st.integers(1, 3))
def test_every_round_can_be_made_and_every_visit_is_somewhere(given_calls: list[Call], agents: int) -> None:
    found = plan(given_calls, DAY, agents)
    by_id = {one.visit_id: one for one in given_calls}
    placed = [stop.visit_id for made in found.rounds for stop in made.stops]
    assert sorted([*placed, *found.left]) == sorted(by_id)
    assert len(found.rounds) <= agents
    for made in found.rounds:
        assert_possible(made, by_id, DAY)


def test_the_round_is_the_shortest_of_all_orders() -> None:
    rng = random.Random(7)
    homes = [call(pk, rng.uniform(-4, 4), rng.uniform(-4, 4), length=600) for pk in range(1, 7)]

    def length(order: tuple[Call, ...]) -> int:
        points = [AGENCY, *(one.at for one in order), AGENCY]
        return sum(NO_LUNCH.roads.seconds(a, b) for a, b in zip(points, points[1:], strict=False))

    by_id = {one.visit_id: one for one in homes}
    (made,) = plan(homes, NO_LUNCH).rounds
    found = tuple(by_id[stop.visit_id] for stop in made.stops)
    assert length(found) == min(length(order) for order in permutations(homes))


def test_the_same_calls_in_any_order_give_the_same_rounds() -> None:
    rng = random.Random(3)
    homes = [call(pk, rng.uniform(-4, 4), rng.uniform(-4, 4)) for pk in range(1, 41)]
    first = plan(homes, DAY, 4)
    rng.shuffle(homes)
    assert plan(homes, DAY, 4) == first
    assert first.left == ()


def test_what_does_not_fit_is_left_and_the_rest_is_planned() -> None:
    homes = [call(1, 0, 1), call(2, 0, 2, after=9, before=9), call(3, 900, 0)]
    found = plan(homes, DAY)
    assert found.left == (2, 3) or found.left == (3,)
    assert 3 in found.left, "nobody drives a thousand kilometres and back in a day"


def test_nothing_to_visit_is_no_round() -> None:
    assert plan([], DAY).rounds == ()


@pytest.mark.parametrize("count", [1, 2])
def test_a_short_morning_has_no_pause(count: int) -> None:
    homes = [call(pk, 0, pk, after=9, before=10) for pk in range(1, count + 1)]
    (made,) = plan(homes, DAY).rounds
    assert made.lunch_at is None
    assert made.back_at_agency < 12 * HOUR
