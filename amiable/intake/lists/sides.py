"""The side of an amount told beside it, in a column of its own (the legal FEC layout among others)."""

from __future__ import annotations

import polars as pl

from amiable.intake import columns
from amiable.intake.lists.spec import Field
from amiable.intake.mapping import Mapping

_SIDES = {
    **dict.fromkeys(("d", "db", "dr", "deb", "débit", "débiteur"), "debit"),
    **dict.fromkeys(("c", "cr", "cred", "crédit", "créditeur"), "credit"),
}
#: Signs that stand for a letter: nothing is left of them once normalised.
_SIGNS = {"+1": "D", "+": "D", "1": "D", "-1": "C", "-": "C", "\u22121": "C"}

SIDE = Field(
    "sens", "Sens", False,
    ("sens d c", "d c", "dc", "débit crédit", "sens mouvement", "sens écriture", "sens opération",
     "code sens", "débiteur créditeur"),
    codes={**_SIDES, "1": "debit"},
)  # fmt: skip


def side_column(frame: pl.DataFrame, mapping: Mapping) -> tuple[pl.DataFrame, pl.Expr]:
    """`frame` with `sens_code` (« debit », « credit » or null) and the problem of an unknown side."""
    frame = frame.with_columns(pl.col("sens").replace(_SIGNS))
    return columns.code(frame, "sens", {**_SIDES, **mapping.values.get("sens", {})}, "sens")
