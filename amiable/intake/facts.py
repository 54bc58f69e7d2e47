"""What the office's own lists say of each account, where the ledger says otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db.models import Exists, F, OuterRef

from amiable.diary.models import Task
from amiable.intake.models import SnapshotLine
from amiable.intake.snapshots import ledger_balances, work_key
from amiable.positions.registry import Scope

COLUMNS: dict[str, Any] = {"list_gap_cents": pl.Int64, "list_said_on": pl.Date}
#: Up to so many ids are asked one by one.
_FEW = 500


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account of which the last état des restes says less than the ledger does for the same day,
    while the work raised for it is open. Compared again: a payment posted since ends the difference."""
    del scope
    kept = SnapshotLine.objects.filter(batch__status="committed", closed_on__lte=as_of)
    later = kept.filter(account_id=OuterRef("account_id"), pk__gt=OuterRef("pk"))
    gaps = kept.filter(batch__office_id=office_id, ledger_cents__gt=F("balance_cents"))
    if ids is not None and len(ids) <= _FEW:
        gaps = gaps.filter(account_id__in=ids)
    rows = gaps.filter(~Exists(later)).values_list("account_id", "closed_on", "balance_cents", "batch_id")
    frame = pl.DataFrame(
        list(rows),
        schema={"account_id": pl.Int64, "as_of": pl.Date, "balance_cents": pl.Int64, "batch_id": pl.Int64},
        orient="row",
    )
    found = frame.join(ledger_balances(frame), on=["account_id", "as_of"], how="left").with_columns(
        list_gap_cents=pl.col("ledger_cents").fill_null(0) - pl.col("balance_cents"), list_said_on="as_of"
    )
    waits = pl.Series("waits", _waits(found), dtype=pl.Boolean)
    return found.filter((pl.col("list_gap_cents") > 0) & waits).select("account_id", *COLUMNS)


def _waits(rows: pl.DataFrame) -> list[bool]:
    """Whether the work raised for each line still waits for its answer."""
    keys = [work_key(batch, account) for batch, account in rows.select("batch_id", "account_id").iter_rows()]
    still = Task.objects.filter(key__in=keys, status=Task.Status.OPEN)
    return list(map(set(still.values_list("key", flat=True)).__contains__, keys))
