"""A schedule as bars, in geometry a template can draw without a style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 90
_TOP, _BOTTOM, _GAP = 8, 80, 2


@dataclass(frozen=True)
class Bar:
    """One instalment: its place, and the part of it that is paid, from the bottom."""

    x: float
    y: float
    width: float
    height: float
    paid_y: float
    paid_height: float
    is_late: bool


@dataclass(frozen=True)
class Bars:
    """capacity_y: the line of the household's capacity, when it is known and fits."""

    bars: Sequence[Bar]
    capacity_y: float | None
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = _BOTTOM


def bars(
    amounts: Sequence[int],
    capacity_cents: int | None,
    paid: Sequence[int] = (),
    late: Sequence[bool] = (),
) -> Bars:
    """The bars of some instalments (cents), what was paid of each, which are late."""
    top = max(*amounts, capacity_cents or 0, 1)
    scale = (_BOTTOM - _TOP) / top
    width = min(40.0, (WIDTH - _GAP) / len(amounts))
    found = []
    for place, cents in enumerate(amounts):
        height = round(cents * scale, 1)
        done = round((paid[place] if paid else 0) * scale, 1)
        found.append(
            Bar(
                round(_GAP + place * width, 1),
                round(_BOTTOM - height, 1),
                round(max(1.0, width - _GAP), 1),
                height,
                round(_BOTTOM - done, 1),
                done,
                bool(late and late[place]),
            )
        )
    line = round(_BOTTOM - capacity_cents * scale, 1) if capacity_cents else None
    return Bars(found, line)
