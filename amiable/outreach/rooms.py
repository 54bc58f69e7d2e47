"""What a room above adds to the lines of a batch: another wording with its own values (a convocation's time).

    register("convocation", provider)

The provider of a template is asked once for all the lines that use it, when they are written. `reserve` is
false for a look: nothing may be taken then. Asked again for the same lines, after a kill, it answers the
same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from amiable.outreach.models import BatchLine


@dataclass(frozen=True)
class Given:
    """The wording to use instead of the step's, and the values of its room's variables."""

    template: str
    values: Mapping[str, Any]


class Provider(Protocol):
    def __call__(
        self, lines: Sequence[BatchLine], now: datetime, *, reserve: bool
    ) -> Mapping[int, Given]: ...


_PROVIDERS: dict[str, Provider] = {}


def register(template: str, provider: Provider) -> None:
    """`provider` answers for the lines whose step asks for `template`: {line id: Given}, or fewer."""
    _PROVIDERS[template] = provider


def tells(template: str) -> bool:
    """Whether a room adds to the lines of this template: what it says is of one account."""
    return template in _PROVIDERS


def given_to(lines: Sequence[BatchLine], now: datetime, *, reserve: bool) -> dict[int, Given]:
    """What the rooms add to these lines, by line."""
    found: dict[int, Given] = {}
    for template, provider in _PROVIDERS.items():
        mine = [line for line in lines if line.template == template]
        if mine:
            found |= provider(mine, now, reserve=reserve)
    return found
