"""The balance through time and the ages of the debt, as geometry a template can draw without a style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from amiable.domain.text.french import euros

WIDTH, HEIGHT = 860, 160
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 852, 22, 130
#: Room so that the labels of one month never touch the next.
_MONTH_LABELS = 7
_SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


@dataclass(frozen=True)
class Dot:
    """A month: where it stands, what it says. `label` empty: no text under the axis."""

    x: int
    y: int
    label: str
    anchor: str
    said: str


@dataclass(frozen=True)
class Chart:
    """line, area: SVG points; zero_y: the axis; threshold: (y, label) or None."""

    line: str
    area: str
    dots: Sequence[Dot]
    zero_y: int
    threshold: tuple[int, str] | None
    summary: str

    @property
    def threshold_text_y(self) -> int:
        """Just above the line of the threshold."""
        return self.threshold[0] - 6 if self.threshold else 0


def balance_chart(history: Sequence[tuple[date, int]], threshold_cents: int | None = None) -> Chart | None:
    """The chart of a balance at month ends; None when it never moved."""
    values = [cents for _, cents in history]
    if len(history) < 2 or not any(values):
        return None
    drawn = threshold_cents if threshold_cents and max(values) >= threshold_cents * 0.4 else None
    top, low = max(*values, drawn or 0, 1), min(*values, 0)

    def y(cents: int) -> int:
        return round(_BOTTOM - (cents - low) / (top - low) * (_BOTTOM - _TOP))

    step = (_RIGHT - _LEFT) / (len(history) - 1)
    dots = []
    every = max(1, -(-len(history) // _MONTH_LABELS))
    last = len(history) - 1
    for index, (day, cents) in enumerate(history):
        # Counted from the last one, so that today always has its label.
        label = _month(day) if (last - index) % every == 0 else ""
        anchor = "start" if index == 0 else "end" if index == last else "middle"
        dots.append(
            Dot(round(_LEFT + index * step), y(cents), label, anchor, f"{day:%d/%m/%Y} : {euros(cents)}")
        )
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    zero = y(0)
    return Chart(
        line=line,
        area=f"{_LEFT},{zero} {line} {_RIGHT},{zero}",
        dots=dots,
        zero_y=zero,
        threshold=(y(drawn), f"seuil CAF {euros(drawn)}") if drawn else None,
        summary=_summary(history),
    )


def _month(day: date) -> str:
    return _SHORT_MONTHS[day.month - 1]


def _summary(history: Sequence[tuple[date, int]]) -> str:
    """What the drawing shows, in one sentence."""
    highest = max(history, key=lambda pair: pair[1])
    first, last = history[0], history[-1]
    return (
        f"Solde de {euros(first[1])} le {first[0]:%d/%m/%Y} à {euros(last[1])} le {last[0]:%d/%m/%Y} ; "
        f"le plus haut : {euros(highest[1])} le {highest[0]:%d/%m/%Y}."
    )


@dataclass(frozen=True)
class Age:
    """One age of the debt: its part of the bar (0 to 1000) and its words."""

    code: str
    label: str
    cents: int
    x: int
    width: int


def ages(position: object) -> list[Age]:
    """The ages that hold something, oldest first, laid along a bar 1000 wide."""
    parts = [
        ("over90", "plus de 90 j", position.due_over_90_cents),  # type: ignore[attr-defined]
        ("d90", "61-90 j", position.due_61_90_cents),  # type: ignore[attr-defined]
        ("d60", "31-60 j", position.due_31_60_cents),  # type: ignore[attr-defined]
        ("d30", "0-30 j", position.due_0_30_cents),  # type: ignore[attr-defined]
    ]
    held = [part for part in parts if part[2] > 0]
    total = sum(cents for *_, cents in held)
    found, x = [], 0
    for index, (code, label, cents) in enumerate(held):
        width = 1000 - x if index == len(held) - 1 else round(1000 * cents / total)
        found.append(Age(code, label, cents, x, width))
        x += width
    return found
