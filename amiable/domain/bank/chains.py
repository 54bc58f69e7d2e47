"""How the statements of one account on one day stand to each other, told by their balances.

Pure. A span is the balances before and after what one statement says of that day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import Enum

Span = tuple[int, int]
#: The office's account and a day -> the spans of the statements known.
Steps = Mapping[tuple[str, date], Collection[Span]]
NO_STEPS: Steps = {}


class Chain(Enum):
    #: One ends where the other begins, directly or through statements known: they share no movement.
    FOLLOWS = 1
    #: They begin or end with one balance, or one holds the other: they share movements.
    HOLDS = 2
    #: The same balance before and after: nothing can be told.
    FLAT = 3
    UNKNOWN = 4


def chain(one: Span, other: Span, steps: Collection[Span]) -> Chain:
    """What two statements of a day are to each other; symmetric. `steps`: the statements known that day."""
    if one[0] == one[1] or other[0] == other[1]:
        return Chain.FLAT
    if one[0] == other[0] or one[1] == other[1]:
        return Chain.HOLDS
    if _leads(one, other, steps) or _leads(other, one, steps):
        return Chain.FOLLOWS
    return Chain.HOLDS if _within(one, other, steps) or _within(other, one, steps) else Chain.UNKNOWN


def _leads(first: Span, last: Span, steps: Collection[Span]) -> bool:
    """From the end of one to the beginning of the other, by statements that hold neither."""
    between = [step for step in steps if step[0] != first[0] and step[1] != last[1]]
    return last[0] in _reached(first[1], between)


def _within(part: Span, whole: Span, steps: Collection[Span]) -> bool:
    """From the beginning of the whole to the part, and from its end to the end of the whole."""
    others = [step for step in steps if step not in (part, whole)]
    return part[0] in _reached(whole[0], others) and whole[1] in _reached(part[1], others)


def _reached(start: int, steps: Collection[Span]) -> set[int]:
    reached, ahead = {start}, [start]
    while ahead:
        at = ahead.pop()
        new = {end for begin, end in steps if begin == at} - reached
        reached |= new
        ahead += new
    return reached
