"""The life of a thing: its stages, from which one may go to which, and what somebody too late is told. Pure.

A lifecycle is one table of data, refused when it is read if it cannot be walked: a move to a stage nobody
named, a stage that nothing reaches, no stage to begin with. `amiable.core.lifecycle.move` is its one road.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


class BrokenLifecycle(ValueError):
    """The table contradicts itself: a mistake of the programmer, said when the module is read."""


@dataclass(frozen=True)
class Lifecycle:
    """starts: the stages a thing is made in. moves: stage -> the stages it may become; a stage may follow
    itself when that is a thing that happens (a second answer). moved_fr: what is said when the move is not
    possible, `{stage}` standing for where the thing is now. column: where its model keeps the stage."""

    starts: Iterable[str]
    moves: Mapping[str, Iterable[str]]
    labels_fr: Mapping[str, str]
    moved_fr: str
    column: str = "state"

    def __post_init__(self) -> None:
        own = {str(stage): frozenset(map(str, to)) for stage, to in self.moves.items()}
        object.__setattr__(self, "starts", frozenset(map(str, self.starts)))
        object.__setattr__(self, "moves", MappingProxyType(own))
        named = {str(stage): str(label) for stage, label in self.labels_fr.items()}
        object.__setattr__(self, "labels_fr", MappingProxyType(named))
        _check(frozenset(self.starts), own, set(named))

    @property
    def over(self) -> frozenset[str]:
        """The stages that lead nowhere."""
        return frozenset(stage for stage, to in self.moves.items() if not to)

    def before(self, to: str) -> frozenset[str]:
        """The stages from which one may go there."""
        return frozenset(stage for stage, following in self.moves.items() if to in following)

    def allows(self, stage: str, to: str) -> bool:
        return stage in self.before(to)

    def said(self, stage: str) -> str:
        """What somebody who comes too late is told."""
        label = self.labels_fr[stage]
        return self.moved_fr.format(stage=label[:1].lower() + label[1:])


def _check(starts: frozenset[str], moves: Mapping[str, frozenset[str]], named: set[str]) -> None:
    if not starts:
        raise BrokenLifecycle("a lifecycle needs a stage to begin with")
    told = set(moves) | starts | {to for following in moves.values() for to in following}
    if told ^ named or set(moves) ^ named:
        raise BrokenLifecycle(
            f"stages without a row or without a name: {sorted((told ^ named) | (set(moves) ^ named))}"
        )
    reached, ahead = set(starts), list(starts)
    while ahead:
        new = moves[ahead.pop()] - reached
        reached |= new
        ahead += new
    if named - reached:
        raise BrokenLifecycle(f"nothing leads to {sorted(named - reached)}")
