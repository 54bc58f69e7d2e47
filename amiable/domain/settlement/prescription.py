"""When the oldest unpaid item prescribes, restarted by the last interruption (TIME-01, TIME-02, PUB-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import polars as pl

from amiable.domain.errors import DomainError


class NatureRule(Protocol):
    """What a nature of claim says of its prescription; `amiable.domain.creditors.Nature` does."""

    @property
    def prescription_from(self) -> str: ...

    def prescribes_on(self, day: date) -> date: ...


def prescription(
    unpaid: pl.DataFrame, natures: Mapping[str, NatureRule], interruptions: pl.DataFrame | None
) -> pl.DataFrame:
    """account_id, prescribes_on: the earliest day on which something unpaid prescribes.

    `unpaid`: account_id, nature, oldest_unpaid_on, oldest_document_on. `interruptions`: account_id, on; each
    restarts the same period (C. civ. 2231), unless the former one had already ended: what is prescribed is
    not revived. Null for an unknown nature or a day for which no period is sourced.
    """
    on_document = [code for code, nature in natures.items() if nature.prescription_from == "document_on"]
    anchor = (
        pl.when(pl.col("nature").is_in(on_document)).then("oldest_document_on").otherwise("oldest_unpaid_on")
    )
    rows = _answered(unpaid.select("account_id", "nature", anchor=anchor), natures)
    for turn in _turns(interruptions, rows):
        restarts = (pl.col("on") > pl.col("anchor")) & (pl.col("on") <= pl.col("prescribes_on"))
        rows = rows.join(turn, on="account_id", how="left").select(
            "account_id", "nature", anchor=pl.when(restarts).then("on").otherwise("anchor")
        )
        rows = _answered(rows, natures)
    return rows.select("account_id", "prescribes_on")


def _turns(interruptions: pl.DataFrame | None, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The first interruption of every account, then the second of those that have two: few turns."""
    if interruptions is None or interruptions.is_empty():
        return []
    known = interruptions.select("account_id", "on").unique().join(rows, on="account_id", how="semi")
    ranked = known.with_columns(turn=pl.col("on").rank("ordinal").over("account_id"))
    return [part.select("account_id", "on") for part in ranked.sort("turn").partition_by("turn")]


def _answered(rows: pl.DataFrame, natures: Mapping[str, NatureRule]) -> pl.DataFrame:
    """`rows` (account_id, nature, anchor) with prescribes_on: the legal count is made once a distinct day."""
    cases = rows.select("nature", "anchor").unique().drop_nulls()
    answers = [_answer(natures.get(nature), day) for nature, day in cases.iter_rows()]
    table = cases.with_columns(prescribes_on=pl.Series(answers, dtype=pl.Date))
    return rows.join(table, on=["nature", "anchor"], how="left")


def _answer(nature: NatureRule | None, day: date) -> date | None:
    if nature is None:
        return None
    try:
        return nature.prescribes_on(day)
    except DomainError:
        return None
