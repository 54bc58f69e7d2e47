"""How a channel is chosen: the matrix a head of service can read, and what holds of every choice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amiable.domain.contact.channel_choice import FORMAL, Way, choose

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "channel_choice.yaml").read_text())
CHANNELS = ["post", "lrar", "email", "sms"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    ways = [
        Way(
            way["channel"],
            way["channel"],
            way.get("cost", 0),
            way.get("obstacle", ""),
            way.get("reached_on"),
        )
        for way in case["ways"]
    ]
    found = choose(ways, case.get("preferred", ""))
    assert found.channel == case["takes"]
    if "says" in case:
        assert found.reason_fr.replace("\u00a0", " ") == case["says"]


@st.composite
def steps(draw: st.DrawFn) -> list[Way]:
    channels = draw(st.permutations(CHANNELS))[: draw(st.integers(1, 4))]
    start = date(2026, 1, 1)
    return [
        Way(
            channel,
            channel,
            draw(st.integers(0, 3)),
            draw(st.sampled_from(["", "", "en erreur"])),
            draw(st.one_of(st.none(), st.integers(0, 3).map(lambda n: start + timedelta(days=n)))),
        )
        for channel in channels
    ]


@given(steps(), st.sampled_from(["", *CHANNELS]))
def test_nothing_usable_is_better_than_what_is_taken(ways: list[Way], preferred: str) -> None:
    """The oracle compares every pair, one criterion after the other."""
    found = choose(ways, preferred)
    usable = [way for way in ways if not way.obstacle]
    assert bool(found.channel) is bool(usable) and found.reason_fr
    if not usable:
        return
    taken = next(way for way in usable if way.channel == found.channel)
    if ways[0].channel == FORMAL:
        assert taken is usable[0]
        return
    for other in usable:
        if (other.channel == preferred) != (taken.channel == preferred):
            assert taken.channel == preferred
        elif other.reached_on != taken.reached_on:
            assert taken.reached_on is not None
            assert other.reached_on is None or other.reached_on < taken.reached_on
        elif other.cost_cents != taken.cost_cents:
            assert taken.cost_cents < other.cost_cents
        else:
            assert ways.index(taken) <= ways.index(other)
