"""Columns recognised by what they hold when their names say nothing: shown to a person, never used unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from amiable.intake import columns
from amiable.intake.lists.spec import Field, ListSpec
from amiable.intake.mapping import Mapping
from amiable.intake.readers.table import Table, normalise

#: Rows looked at, and the share of them that must look right.
LOOKED_AT = 200
SHARE = 0.6
_REFERENCE = r"^[A-Za-z]{0,4}[-/ ]?\d{2,}[\w/-]*$"


def propose(table: Table, mapping: Mapping, spec: ListSpec) -> Mapping:
    """`mapping` completed for the fields that are needed and have no column yet."""
    chosen = dict(mapping.columns)
    looked_at = table.frame.head(LOOKED_AT)
    for item in spec.fields:
        test = _test(item)
        needed = item.required or item.name == "montant" and not {"debit", "credit"} & set(chosen)
        if item.name in chosen or item.name in mapping.constants or test is None or not needed:
            continue
        free = [h for h in table.header if h not in chosen.values()]
        found = next((h for h in free if _share(looked_at[h], test) >= SHARE), None)
        if found:
            chosen[item.name] = found
    return replace(mapping, columns=chosen)


Test = Callable[[pl.DataFrame], pl.Series]


def _test(item: Field) -> Test | None:
    """How the cells (column `cell`) of a field look, when they look like anything."""
    if item.name.startswith("date"):
        return lambda cells: cells.select(columns.date("cell")[0].is_not_null()).to_series()
    if item.name in ("montant", "solde", "principal"):
        return lambda cells: cells.select(
            columns.amount("cell")[0].is_not_null() & pl.col("cell").str.contains(r"[.,]\d{2}(?:\D|$)")
        ).to_series()
    if item.codes:
        known = {normalise(code) for code in item.codes}
        return lambda cells: pl.Series([normalise(c) in known for c in cells["cell"].to_list()])
    if item.name in ("compte", "titre"):
        dated = columns.date("cell")[0].is_null() & columns.amount("cell")[0].is_null()
        return lambda cells: cells.select(pl.col("cell").str.contains(_REFERENCE) & dated).to_series()
    return None


def _share(values: pl.Series, test: Test) -> float:
    """Share of the filled cells that pass `test`."""
    cells = values.drop_nulls().to_frame("cell")
    return float(test(cells).mean() or 0) if cells.height else 0.0  # type: ignore[arg-type]
