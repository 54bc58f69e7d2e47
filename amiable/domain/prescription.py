"""When the oldest unpaid item prescribes, restarted by the last interruption (TIME-01, TIME-02, PUB-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import polars as pl

from amiable.domain.errors import DomainError


class NatureRule(Protocol):
    """What a nature of claim says of its prescription; `amiable.domain.kinds.Nature` does."""

    @property
    def prescription_from(self) -> str: ...

    def prescribes_on(self, day: date) -> date: ...


def prescription(
    unpaid: pl.DataFrame, natures: Mapping[str, NatureRule], interruptions: pl.DataFrame | None
) -> pl.DataFrame:
    """account_id, prescribes_on: the earliest day on which something unpaid prescribes.

    `unpaid`: account_id, nature, oldest_unpaid_on, oldest_document_on. `interruptions`: account_id, on; the
    same period restarts at the last one. Null for an unknown nature or a day for which no period is sourced.
    """
    on_document = [code for code, nature in natures.items() if nature.prescription_from == "document_on"]
    anchor = (
        pl.when(pl.col("nature").is_in(on_document)).then("oldest_document_on").otherwise("oldest_unpaid_on")
    )
    rows = unpaid.select("account_id", "nature", anchor=anchor)
    if interruptions is not None and not interruptions.is_empty():
        last = interruptions.group_by("account_id").agg(pl.col("on").max().alias("interrupted_on"))
        rows = rows.join(last, on="account_id", how="left").with_columns(
            anchor=pl.max_horizontal("anchor", "interrupted_on")
        )
    cases = rows.select("nature", "anchor").unique().drop_nulls()
    answers = [_answer(natures.get(nature), day) for nature, day in cases.iter_rows()]
    table = cases.with_columns(prescribes_on=pl.Series(answers, dtype=pl.Date))
    return rows.join(table, on=["nature", "anchor"], how="left").select("account_id", "prescribes_on")


def _answer(nature: NatureRule | None, day: date) -> date | None:
    """Legal dates are counted by one function, on the distinct days only."""
    if nature is None:
        return None
    try:
        return nature.prescribes_on(day)
    except DomainError:
        return None
