"""By which of a step's channels somebody is written to, and the reason in words. Pure.

What cannot reach the person, or what they refused, is out. Then, in this order: what the person prefers, what
has reached them before, what costs least, what the procedure names first. A step that begins by the
registered letter is an act whose form the procedure, or the law, has chosen: its order is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.domain.text.french import euros

#: A step's channel whose form is never traded for another.
FORMAL = "lrar"


@dataclass(frozen=True)
class Way:
    """One channel of the step. label: « courriel »; obstacle: why it cannot be used, "" when it can.

    cost_cents: what one message costs the office; reached_on: the last day the person answered there.
    """

    channel: str
    label: str
    cost_cents: int = 0
    obstacle: str = ""
    reached_on: date | None = None


@dataclass(frozen=True)
class Choice:
    """channel "" when nobody can be reached; reason_fr then holds every obstacle."""

    channel: str
    reason_fr: str


def choose(ways: Sequence[Way], preferred: str = "") -> Choice:
    """The way to take among `ways`, in the step's order."""
    obstacles = [way.obstacle for way in ways if way.obstacle]
    usable = [way for way in ways if not way.obstacle]
    if not usable:
        return Choice("", ", ".join(obstacles) or "aucun canal prévu")
    formal = ways[0].channel == FORMAL
    taken = usable[0] if formal else min(usable, key=lambda way: _rank(way, preferred))
    if formal and not obstacles:
        return Choice(taken.channel, "forme exigée par l’étape")
    if len(usable) == 1:
        said = ", ".join(obstacles)
        return Choice(taken.channel, f"{said} : {taken.label}" if said else "seul canal de l’étape")
    reasons = [*obstacles, _because(taken, usable, preferred)]
    return Choice(taken.channel, f"{', '.join(reasons)} : {taken.label}")


def _rank(way: Way, preferred: str) -> tuple[bool, int, int]:
    """Lower is better; equal keeps the step's order."""
    reached = -way.reached_on.toordinal() if way.reached_on else 0
    return way.channel != preferred, reached, way.cost_cents


def _because(taken: Way, usable: Sequence[Way], preferred: str) -> str:
    if taken.channel == preferred:
        return "préféré par la personne"
    if taken.reached_on is not None:
        return f"a déjà répondu par là le {taken.reached_on:%d/%m/%Y}"
    if any(way.cost_cents > taken.cost_cents for way in usable):
        return f"le moins coûteux ({euros(taken.cost_cents)})"
    return "premier canal de l’étape"
