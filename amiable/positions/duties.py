"""The duties of the office kept with a position: written for a column, read for the lines of a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.domain.text import french
from amiable.positions.models import AccountPosition


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: to be done from `on`, by limit_on when the law or a contract gives a limit."""

    code: str
    lane: str
    on: date
    limit_on: date | None
    why: str
    rules: str

    def by_day(self, today: date) -> str:
        return french.by_day(self.limit_on, today) if self.limit_on else ""


def as_text() -> pl.Expr:
    """The column `duties` of a decision as the JSON text that is stored."""
    each = pl.col("duties").list.eval(pl.element().struct.json_encode())
    return pl.format("[{}]", each.list.join(", ").fill_null("")).alias("duties")


def read(position: AccountPosition) -> list[Duty]:
    """Every duty of the account, those to come included, nearest limit first among those due."""
    return [
        Duty(
            code=row["code"],
            lane=row["lane"],
            on=date.fromisoformat(row["on"]),
            limit_on=date.fromisoformat(row["limit_on"]) if row["limit_on"] else None,
            why=row["why"],
            rules=row["rules"],
        )
        for row in json.loads(position.duties)
    ]


def due(position: AccountPosition) -> list[Duty]:
    """The duties to be done on the day of the position."""
    if position.duty_lane is None:
        return []
    return [duty for duty in read(position) if duty.on <= position.as_of]
