"""The two parts of an account in surendettement, and what may still pay which item on a day.

From the recevabilité (`split_on`) what was due up to it is part A: nobody may pay it (SUR-02), so that no
payment, aid or remise is allocated to it any more, until the freeze ends (`split_ends_on`: the measures
lapsed, the suspension is over). Aid for a month of part A that comes later, rappels of SUR-13 included, is
therefore an ordinary credit of part B: no text found says otherwise, and it is the reading that never takes
from the debtor what the freeze protects.
The ECHEANCE of imposed measures is part A under a new date: it may be paid, and is never dunned with B.

A targeted credit settles the item it names on its own day, no other: what it holds above stays unused. Aid
dated after an item was so settled goes to it no more.
"""

from __future__ import annotations

import polars as pl

from amiable.domain.settlement.entry_kinds import EntryKind

FREEZE = ["split_on", "split_ends_on"]
_DAY = pl.duration(days=1)


def dates_of(accounts: pl.DataFrame) -> pl.DataFrame:
    """account_id, as_of, split_on, split_ends_on: the freeze as known on the account's own `as_of`.

    `accounts` may leave split_ends_on out: the freeze runs on.
    """
    ends = pl.col("split_ends_on") if "split_ends_on" in accounts.columns else pl.lit(None, pl.Date)
    begun, over = pl.col("split_on") <= pl.col("as_of"), ends < pl.col("as_of")
    return accounts.select(
        "account_id",
        "as_of",
        split_on=pl.when(begun).then("split_on"),
        split_ends_on=pl.when(begun & over).then(ends),
    )


def in_part_a() -> pl.Expr:
    """Items due up to the recevabilité, and the instalments that replace some of them."""
    return (pl.col("due_on") <= pl.col("split_on")).fill_null(False) | _is_instalment()


def is_frozen() -> pl.Expr:
    """Part A on `as_of`: an item asked of nobody for now, or followed by the measures alone."""
    return (in_part_a() & pl.col("split_ends_on").is_null()) | _is_instalment()


def closed_to_payments(day: str) -> pl.Expr:
    """Whether an item may not be paid on `day` (a column): part A, from the day after the recevabilité."""
    after = (pl.col(day) > pl.col("split_on")).fill_null(False)
    over = (pl.col(day) > pl.col("split_ends_on")).fill_null(False)
    return in_part_a() & ~_is_instalment() & after & ~over


def closed_to_aid(day: str) -> pl.Expr:
    """The same for the aid of the item's month, which an item settled by name takes no more either.

    Aid of before the recevabilité stays where it was that day: an item known later does not call it back from
    part A, even for its own month. A null `day` is one before any closing.
    """
    after = (pl.col(day) > pl.col("split_on")).fill_null(False)
    known_later = (pl.col("document_on") > pl.col("split_on")).fill_null(False) & ~after
    settled = (pl.col(day) > pl.col("settled_on")).fill_null(False)
    return closed_to_payments(day) | settled | known_later


def settled_days(credits: pl.DataFrame) -> pl.DataFrame:
    """account_id, entry_id, settled_on: the first day on which an item was settled by name."""
    named = credits.filter(pl.col("target_id") >= 0)
    return named.group_by("account_id", entry_id="target_id").agg(settled_on=pl.col("document_on").min())


def freeze_days(dates: pl.DataFrame) -> pl.DataFrame:
    """account_id, on: the days from which part A closes, and opens again."""
    turns = [
        dates.filter(pl.col("split_on") < pl.col("as_of")).select("account_id", on=pl.col("split_on") + _DAY),
        dates.filter(pl.col("split_ends_on").is_not_null()).select(
            "account_id", on=pl.col("split_ends_on") + _DAY
        ),
    ]
    return pl.concat(turns)


def aid_days(dates: pl.DataFrame, credits: pl.DataFrame) -> pl.DataFrame:
    """account_id, on: the days from which the aid of a month meets other items than the day before."""
    named = credits.filter(pl.col("target_id") >= 0).select("account_id", on=pl.col("document_on") + _DAY)
    return pl.concat([freeze_days(dates), named])


def numbered(days: pl.DataFrame) -> pl.DataFrame:
    """`days` (account_id, on) once each, with segment (1, 2...) in each account."""
    return (
        days.unique()
        .sort("account_id", "on")
        .with_columns(segment=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("account_id"))
    )


def _is_instalment() -> pl.Expr:
    return pl.col("kind") == EntryKind.ECHEANCE
