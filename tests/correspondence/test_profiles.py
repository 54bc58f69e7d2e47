"""Each step of each shipped procedure has its wording on each channel, with the mentions it declares."""

from __future__ import annotations

import pytest

from amiable.correspondence import catalogue
from amiable.domain.creditors import kind
from amiable.domain.decision import procedure
from amiable.procedures.services import shipped_profiles

STEPS = [
    (profile, step)
    for profile in map(procedure.load, shipped_profiles().values())
    for step in profile.steps
    if step.channels
]


@pytest.mark.parametrize(("profile", "step"), STEPS, ids=lambda value: value.code)
def test_the_step_has_its_texts(profile, step):
    for channel, code in step.templates.items():
        if channel not in step.channels:
            continue
        wording = catalogue.get(code)
        assert kind(profile.kind).fits(wording.traits)
        assert wording.is_letter == (channel in ("letter", "lrar"))
        if wording.is_letter:
            assert set(step.mentions) <= {mention.id for mention in wording.mentions}
