"""When each unpaid item prescribes, restarted by what interrupted it (TIME-01, TIME-02, PUB-09)."""

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


def with_prescription(
    items: pl.DataFrame, natures: Mapping[str, NatureRule], interruptions: pl.DataFrame | None
) -> pl.DataFrame:
    """`items` with prescribes_on, the last day to act on each; each runs on its own.

    `items`: account_id, nature, due_on, document_on. `interruptions`: account_id, on; each restarts the same
    period (C. civ. 2231), unless the former one had already ended: what is prescribed is not revived. Null
    for an unknown nature or a day for which no period is sourced.
    """
    on_document = [code for code, nature in natures.items() if nature.prescription_from == "document_on"]
    anchor = pl.when(pl.col("nature").is_in(on_document)).then("document_on").otherwise("due_on")
    rows = _answered(items.with_columns(anchor=anchor), natures)
    if interruptions is None or interruptions.is_empty():
        return rows.drop("anchor")
    touched = rows.join(interruptions, on="account_id", how="semi")
    for turn in _turns(interruptions, touched):
        restarts = (pl.col("on") > pl.col("anchor")) & (pl.col("on") <= pl.col("prescribes_on"))
        touched = touched.join(turn, on="account_id", how="left").with_columns(
            anchor=pl.when(restarts).then("on").otherwise("anchor")
        )
        touched = _answered(touched.drop("on", "prescribes_on"), natures)
    others = rows.join(touched, on="account_id", how="anti")
    return pl.concat([others, touched.select(others.columns)]).drop("anchor")


def is_prescribed(as_of: date) -> pl.Expr:
    """The last day to act has passed: nobody asks for the item any more, unless an act is entered."""
    return (pl.col("prescribes_on") < as_of).fill_null(False)


def _turns(interruptions: pl.DataFrame, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The first interruption of every account, then the second of those that have two: few turns."""
    known = interruptions.select("account_id", "on").unique().join(rows, on="account_id", how="semi")
    ranked = known.with_columns(turn=pl.col("on").rank("ordinal").over("account_id"))
    return [part.select("account_id", "on") for part in ranked.sort("turn").partition_by("turn")]


def _answered(rows: pl.DataFrame, natures: Mapping[str, NatureRule]) -> pl.DataFrame:
    """`rows` (nature, anchor) with prescribes_on: the legal count is made once a distinct day."""
    cases = rows.select("nature", "anchor").unique().drop_nulls()
    answers = [_answer(natures.get(nature), day) for nature, day in cases.iter_rows()]
    table = cases.with_columns(prescribes_on=pl.Series(answers, dtype=pl.Date))
    return rows.join(table, on=["nature", "anchor"], how="left", maintain_order="left")


def _answer(nature: NatureRule | None, day: date) -> date | None:
    if nature is None:
        return None
    try:
        return nature.prescribes_on(day)
    except DomainError:
        return None
