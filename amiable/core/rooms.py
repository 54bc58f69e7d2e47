"""What each room says of itself, once, as data: `<room>/room.py` holds one `ROOM`, found at load.

Whoever needs a list (what the journal says, who may do what, the lines of a diary, the steps of a night)
asks here. Two rooms that say the same word are refused, and so is a night that goes round in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.module_loading import module_has_submodule

if TYPE_CHECKING:
    from amiable.core.models import Office


class RoomsDisagree(ValueError):
    """Two rooms say the same word, or contradict each other: said when the product loads."""


@dataclass(frozen=True, slots=True)
class Night:
    """What every step is told: whose night, of which day, at what moment."""

    office: Office
    as_of: date
    now: datetime


@dataclass(frozen=True, slots=True)
class NightStep:
    """A named piece of the night. work: dotted path of what does one slice of it, (night, slice) -> figures;
    cut: of what names its slices, done by any worker in any order. after, before: names of other steps."""

    name: str
    label_fr: str
    work: str
    cut: str = ""
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitSource:
    """Legal limits a room holds. rows: dotted path of (day) -> queryset with the columns of the calendar
    (`amiable.limits.calendar.COLUMNS`), before anybody's scope."""

    code: str
    rows: str


@dataclass(frozen=True)
class Room:
    """lines: kinds of line it writes in the diary, in French. verbs: those of the journal, « a approuvé un
    plan ». capabilities: what it lets do, and which roles may. night: its steps of the night. kinds: dotted
    path of the folder of the kinds of cases it brings. limits: where it holds legal limits. append_only:
    models the database refuses to change, with the fields that the erasure of a person may blank. renamed:
    words once written in them, and the line or verb that says the same today: what is written stays."""

    code: str
    lines: Mapping[str, str] = field(default_factory=dict)
    verbs: Mapping[str, str] = field(default_factory=dict)
    capabilities: Mapping[str, Iterable[str]] = field(default_factory=dict)
    night: Sequence[NightStep] = ()
    kinds: str = ""
    limits: Sequence[LimitSource] = ()
    append_only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class House:
    """What all rooms say together."""

    lines: Mapping[str, str]
    verbs: Mapping[str, str]
    capabilities: Mapping[str, frozenset[str]]
    steps: tuple[NightStep, ...]
    limits: tuple[LimitSource, ...]
    append_only: Mapping[str, tuple[str, ...]]
    kinds: tuple[str, ...] = ()


def gather(rooms: Sequence[Room]) -> House:
    """The rooms as one house. Raises RoomsDisagree naming the word and the rooms that say it."""
    _once("room", ((room.code, [room.code]) for room in rooms))
    for what in ("lines", "verbs", "capabilities", "append_only", "renamed"):
        _once(what, ((room.code, getattr(room, what)) for room in rooms))
    _once("night", ((room.code, [step.name for step in room.night]) for room in rooms))
    _once("limits", ((room.code, [one.code for one in room.limits]) for room in rooms))
    renamed = {old: word for room in rooms for old, word in room.renamed.items()}
    return House(
        lines=_with_old_words({c: label for room in rooms for c, label in room.lines.items()}, renamed),
        verbs=_with_old_words({c: said for room in rooms for c, said in room.verbs.items()}, renamed),
        capabilities={
            code: frozenset(map(str, roles)) for room in rooms for code, roles in room.capabilities.items()
        },
        steps=ordered([step for room in rooms for step in room.night]),
        kinds=tuple(room.kinds for room in rooms if room.kinds),
        limits=tuple(one for room in rooms for one in room.limits),
        append_only={model: tuple(fields) for room in rooms for model, fields in room.append_only.items()},
    )


def _with_old_words(said: dict[str, str], renamed: Mapping[str, str]) -> dict[str, str]:
    """What is said today, and the same for the words that were written before they changed."""
    if again := set(said) & set(renamed):
        raise RoomsDisagree(f"renamed: {sorted(again)} are still said")
    return said | {old: said[word] for old, word in renamed.items() if word in said}


def ordered(steps: Sequence[NightStep]) -> tuple[NightStep, ...]:
    """Each step after those it names; between two that may come in any order, the lower room's first."""
    names = {step.name for step in steps}
    waits = {step.name: set(step.after) for step in steps}
    for step in steps:
        if unknown := {*step.after, *step.before} - names:
            raise RoomsDisagree(f"night: {step.name} names {sorted(unknown)}, which nobody does")
        for later in step.before:
            waits[later].add(step.name)
    done: list[NightStep] = []
    left = list(steps)
    while left:
        ready = next((step for step in left if not waits[step.name] - {one.name for one in done}), None)
        if ready is None:
            raise RoomsDisagree(f"night: {[step.name for step in left]} wait for each other")
        left.remove(ready)
        done.append(ready)
    return tuple(done)


def _once(what: str, said: Iterable[tuple[str, Iterable[str]]]) -> None:
    by: dict[str, str] = {}
    for room, words in said:
        for word in words:
            if word in by:
                raise RoomsDisagree(f"{what}: « {word} » is said by {by[word]} and by {room}")
            by[word] = room


@lru_cache(maxsize=1)
def house() -> House:
    """The house of this installation, its lowest room first."""
    found = []
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "room"):
            found.append(import_module(f"{config.name}.room").ROOM)
    return gather(found)


def lines() -> list[tuple[str, str]]:
    """The kinds of line a diary may hold, with their French names, sorted by them: a model's choices."""
    return sorted(house().lines.items(), key=lambda pair: pair[1])


def sentence(verb: str) -> str:
    """« a mis le compte en attente »; an unknown verb is shown as it is rather than hidden."""
    return house().verbs.get(verb, verb)
