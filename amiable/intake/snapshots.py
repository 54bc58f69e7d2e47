"""État des restes: compared with the ledger account by account, and with the list before it. Never
adopted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.diary.models import DiaryEntry
from amiable.diary.requests import raise_work
from amiable.domain.text.french import euros
from amiable.intake.lists.snapshot import AGES
from amiable.intake.models import Import, SnapshotLine
from amiable.intake.movements import Posted, with_accounts
from amiable.intake.readers.table import LINE
from amiable.procedures.in_force import policy_of

#: What the product notices by itself: nobody has treated the account by it.
NOTICED = ("rejected_debit", "suppressed", "contact_problem", "promise_kept", "promise_broken", "hold_end")
#: Differences given in the command's answer; the screen shows them all.
SHOWN = 1000


def commit(*, office: Office, good: pl.DataFrame, batch: Import) -> Posted:
    """Keep the list's balances beside the ledger's at the same date, inside the caller's transaction."""
    posted = Posted()
    rows, unknown = with_accounts(office, good)
    posted.errors.append(unknown)
    rows = rows.join(ledger_balances(rows), on=["account_id", "as_of"], how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("ledger_cents").fill_null(0)).with_columns(
        (pl.col("ledger_cents") - pl.col("balance_cents")).alias("gap_cents")
    )
    # One line per account: of several dates in one list the latest is kept, the ledger is compared there.
    rows = rows.sort("as_of", LINE).unique("account_id", keep="last", maintain_order=True)
    SnapshotLine.objects.bulk_create(
        [_line(batch, row) for row in rows.iter_rows(named=True)], batch_size=2000
    )
    batch.dated_on = rows["as_of"].max() if rows.height else None
    posted.accepted = rows.height
    posted.account_ids = rows["account_id"].to_list()
    _raise_work(rows.filter(pl.col("gap_cents") > 0), batch)
    gaps = rows.filter(pl.col("gap_cents") != 0).sort(pl.col("gap_cents").abs(), descending=True)
    shown = gaps.select(
        "account", pl.col("as_of").cast(pl.String), "balance_cents", "ledger_cents", "gap_cents"
    )
    posted.details = {
        "differences": shown.head(SHOWN).to_dicts(),
        "difference_count": gaps.height,
        "expected_cents": int(rows["balance_cents"].sum()),
        "ledger_cents": int(rows["ledger_cents"].sum()),
    }
    return posted


def work_key(batch_id: int, account_id: int) -> str:
    """The once-only key of the work raised for one account of one list."""
    return f"list_gap:{batch_id}:{account_id}"


def _raise_work(rows: pl.DataFrame, batch: Import) -> None:
    """An account that the list says settled, or nearly: somebody looks before anybody is written to."""
    told = {row["account_id"]: row for row in rows.iter_rows(named=True)}
    floor = int(policy_of(batch.office, batch.created_at.date())["reminder_floor_cents"])
    settled = [pk for pk, row in told.items() if row["balance_cents"] < max(1, floor)]
    for account in Account.objects.filter(pk__in=settled).select_related("office", "officer"):
        row = told[account.pk]
        raise_work(
            account=account,
            code="list_gap",
            text=f"La liste du {row['as_of']:%d/%m/%Y} dit {euros(row['balance_cents'])} dus, les comptes "
            f"{euros(row['ledger_cents'])} : quelle pièce manque ? Rien ne part sans votre réponse.",
            key=work_key(batch.pk, account.pk),
            assignee=account.officer if account.officer and account.officer.is_active else None,
        )


def _line(batch: Import, row: dict[str, Any]) -> SnapshotLine:
    ages = {name: row[f"age_{name}_cents"] for name in AGES}
    return SnapshotLine(
        batch=batch,
        account_id=row["account_id"],
        closed_on=row["as_of"],
        balance_cents=row["balance_cents"],
        ages_cents=None if all(v is None for v in ages.values()) else ages,
        ledger_cents=row["ledger_cents"],
    )


def ledger_balances(rows: pl.DataFrame) -> pl.DataFrame:
    """account_id, as_of, ledger_cents: sum of what the ledger holds by document date at each date asked."""
    parts = []
    for (as_of,), part in rows.group_by("as_of"):
        ids = part["account_id"].to_list()
        sums: list[tuple[int, int]] = []
        for start in range(0, len(ids), 900):
            chunk = ids[start : start + 900]
            marks = ", ".join(["%s"] * len(chunk))
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT account_id, SUM(amount_cents) FROM ledger_entry "
                    f"WHERE account_id IN ({marks}) AND document_on <= %s GROUP BY account_id",
                    [*chunk, as_of],
                )
                sums += [(a, int(s)) for a, s in cursor.fetchall()]
        frame = pl.DataFrame(sums, schema={"account_id": pl.Int64, "ledger_cents": pl.Int64}, orient="row")
        parts.append(frame.with_columns(pl.lit(as_of, dtype=pl.Date).alias("as_of")))
    schema = {"account_id": pl.Int64, "ledger_cents": pl.Int64, "as_of": pl.Date}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class Comparison:
    """A list against the one before. Frames: account_id, account, balance_cents, previous_cents,
    gap_cents.
    """

    previous: Import | None
    new: pl.DataFrame
    worse: pl.DataFrame
    settled: pl.DataFrame
    better: pl.DataFrame


def previous_of(batch: Import) -> Import | None:
    """The committed état des restes just before this one, by its own date."""
    earlier = Import.objects.filter(office_id=batch.office_id, list_kind="snapshot", status="committed")
    if batch.dated_on is None:
        return None
    return earlier.filter(dated_on__lt=batch.dated_on).order_by("-dated_on", "-pk").first()


def compare(batch: Import) -> Comparison:
    """Who is new, worse, better or settled since the previous list (story 2)."""
    previous = previous_of(batch)
    now = _balances(batch, "balance_cents")
    before = (
        _balances(previous, "previous_cents")
        if previous
        else now.clear().rename({"balance_cents": "previous_cents"})
    )
    both = now.join(before, on=["account_id", "account"], how="full", coalesce=True).with_columns(
        pl.col("balance_cents").fill_null(0), pl.col("previous_cents").fill_null(0)
    )
    both = both.with_columns((pl.col("balance_cents") - pl.col("previous_cents")).alias("gap_cents")).sort(
        "gap_cents", "account", descending=[True, False]
    )
    owes, owed = pl.col("balance_cents") > 0, pl.col("previous_cents") > 0
    return Comparison(
        previous=previous,
        new=both.filter(owes & ~owed),
        worse=both.filter(owes & owed & (pl.col("gap_cents") > 0)),
        settled=both.filter(owed & ~owes),
        better=both.filter(owes & owed & (pl.col("gap_cents") < 0)),
    )


def _balances(batch: Import, name: str) -> pl.DataFrame:
    rows = SnapshotLine.objects.filter(batch=batch).values_list("account_id", "account__ref", "balance_cents")
    return pl.DataFrame(
        list(rows), schema={"account_id": pl.Int64, "account": pl.String, name: pl.Int64}, orient="row"
    )


def untreated(batch: Import) -> list[int]:
    """Accounts that owe on this list and on which nothing was done since its date (story 2's alert)."""
    owing = SnapshotLine.objects.filter(batch=batch, balance_cents__gt=0)
    noted = DiaryEntry.objects.filter(office_id=batch.office_id, on__gte=batch.dated_on)
    treated = noted.exclude(kind__in=NOTICED).values("account_id")
    return list(owing.exclude(account_id__in=treated).values_list("account_id", flat=True))


def untreated_refs(batch: Import, limit: int = 200) -> list[str]:
    """References of the untreated accounts, the heaviest debts first."""
    rows = SnapshotLine.objects.filter(batch=batch, account_id__in=untreated(batch))
    return list(rows.order_by("-balance_cents").values_list("account__ref", flat=True)[:limit])
