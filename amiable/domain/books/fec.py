"""The legal export of entries (LPF art. A47 A-1): 18 columns, one file a year, always the same bytes.

Partial by nature: receivables and what answers them, not the whole accounts of the creditor.
"""

from __future__ import annotations

import re

import polars as pl

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum",
    "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet",
    "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
#: What would cut a line or a field for one of its readers, and the spaces they turn into plain ones.
_CUTS = re.compile("[\\t|\\r\\n\\x0b\\x0c\\x00\\x1c-\\x1f\\x85\\u2028\\u2029\\u00a0\\u202f]")
LONGEST = 200


def plain(text: str, otherwise: str = "") -> str:
    """A label no reader stumbles over; `otherwise` when nothing is left of it."""
    kept = " ".join(_CUTS.sub(" ", text).split())[:LONGEST].strip()
    return otherwise if kept in {"", "-"} else kept


def plain_column(name: str) -> pl.Expr:
    """`plain` for a column."""
    spaced = pl.col(name).fill_null("").str.replace_all(_CUTS.pattern, " ").str.replace_all(" +", " ")
    return spaced.str.strip_chars().str.slice(0, LONGEST).str.strip_chars()


def amount(name: str) -> pl.Expr:
    """Cents as « 1234,56 »."""
    cents = pl.col(name)
    return (cents // 100).cast(pl.String) + "," + (cents % 100).cast(pl.String).str.zfill(2)


def day(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%Y%m%d")


def file_name(siren: str, year: int) -> str:
    return f"{siren}FEC{year}1231.txt"


def written(rows: pl.DataFrame) -> bytes:
    """The bytes of the file: tab, CR LF, UTF-8 without mark. rows: the 18 columns, as text, in order."""
    body = rows.select(pl.concat_str(list(COLUMNS), separator="\t")).to_series().to_list()
    return ("\r\n".join(["\t".join(COLUMNS), *body]) + "\r\n").encode()
