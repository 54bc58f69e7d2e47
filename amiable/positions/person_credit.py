"""What the other accounts of a person hold in their favour: nobody who is in credit is chased (PAY-11)."""

from __future__ import annotations

from datetime import date

import polars as pl

from amiable.core.frames import read
from amiable.ledger.facts import MAX_IDS

_TYPES: dict[str, type[pl.DataType]] = {
    "other_id": pl.Int64,
    "person_id": pl.Int64,
    "other_ref": pl.String,
    "credit_cents": pl.Int64,
}
_SQL = """
FROM (
  SELECT b.id AS other_id, b.person_id AS person_id, b.ref AS other_ref, -SUM(e.amount_cents) AS credit_cents
  FROM ledger_account b JOIN ledger_entry e ON e.account_id = b.id
  WHERE b.office_id = {office} AND e.document_on <= '{as_of}' AND b.person_id IN ({persons})
  GROUP BY b.id, b.person_id, b.ref HAVING SUM(e.amount_cents) < 0
) credits
"""
#: Beyond this many persons: those of the range of accounts who have another one.
_SEVERAL = (
    "SELECT a.person_id FROM ledger_account a WHERE a.office_id = {office} AND a.id BETWEEN {low} AND {high} "
    "AND EXISTS (SELECT 1 FROM ledger_account o WHERE o.person_id = a.person_id AND o.id <> a.id)"
)


def person_credit(accounts: pl.DataFrame, office_id: int, as_of: date) -> pl.DataFrame:
    """account_id, person_credit_cents and person_credit_ref (the largest, then the first by its reference) of
    the accounts whose holder is in credit on another one. One query."""
    persons = accounts.get_column("person_id").unique().to_list()
    if len(persons) <= MAX_IDS:
        among = ", ".join(str(int(pk)) for pk in persons) or "0"
    else:
        low, high = accounts.select(pl.min("account_id"), pl.max("account_id").alias("high")).row(0)
        among = _SEVERAL.format(office=int(office_id), low=low, high=high)
    tail = _SQL.format(office=int(office_id), as_of=as_of.isoformat(), persons=among)
    credits = read({name: name for name in _TYPES}, tail, _TYPES)
    return (
        accounts.select("account_id", "person_id")
        .join(credits, on="person_id", how="inner")
        .filter(pl.col("other_id") != pl.col("account_id"))
        .sort("account_id", "credit_cents", "other_ref", descending=[False, True, False])
        .group_by("account_id", maintain_order=True)
        .agg(
            pl.col("credit_cents").sum().alias("person_credit_cents"),
            pl.col("other_ref").first().alias("person_credit_ref"),
        )
    )
