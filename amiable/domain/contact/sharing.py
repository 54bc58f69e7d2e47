"""What is due the same day to the same people: one message each, the rest after the office's gap."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Due:
    """A step of one account ready to leave. persons: who owes and is addressed. message: what one message may
    carry together has the same. free: the gap does not delay it. rank: the smallest comes first."""

    account: int
    persons: frozenset[int]
    message: Hashable
    free: bool = False
    rank: tuple[Any, ...] = ()


def share(due: Iterable[Due], taken: Iterable[int] = ()) -> tuple[list[list[int]], set[int]]:
    """(the accounts of each message, the accounts that wait). taken: persons written to by something else.

    A person gets one message of what may wait, and what may not beside it."""
    messages: dict[Hashable, list[int]] = {}
    #: What each person gets; None: something that carries nothing more.
    gets: dict[int, set[Hashable]] = {person: {None} for person in taken}
    waits: set[int] = set()
    for one in sorted(due, key=lambda each: (not each.free, each.rank, each.account)):
        others = {message for person in one.persons for message in gets.get(person, ())} - {one.message}
        if others and not one.free:
            waits.add(one.account)
            continue
        messages.setdefault(one.message, []).append(one.account)
        for person in one.persons:
            gets.setdefault(person, set()).add(one.message)
    return list(messages.values()), waits
