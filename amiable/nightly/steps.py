"""The night's steps, as the rooms say them. Each may be run again at any moment and changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from amiable.core.rooms import Night, NightStep, house

#: The one partition of a step that is not cut.
WHOLE = ""

__all__ = ["STEPS", "WHOLE", "Night", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """A named piece of the night. partitions: its slices, done by any worker in any order; run: does one."""

    name: str
    label_fr: str
    run: Callable[[Night, str], dict[str, Any]]
    partitions: Callable[[Night], list[str]] = lambda night: [WHOLE]


def _step(said: NightStep) -> Step:
    work = import_string(said.work)
    if not said.cut:
        return Step(said.name, said.label_fr, work)
    return Step(said.name, said.label_fr, work, import_string(said.cut))


STEPS = tuple(_step(said) for said in house().steps)
