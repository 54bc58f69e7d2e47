"""Since when something is claimed of an account without a break: the spell in which what was done counts.

Paying the oldest items while others are due ends no spell; owing nothing, if only for a day, does.
"""

from __future__ import annotations

import polars as pl

from amiable.domain.settlement.history import overdue_events, so_far
from amiable.domain.settlement.postings import Postings


def claimed_since(clean: Postings, dates: pl.DataFrame, ages: pl.DataFrame) -> pl.DataFrame:
    """account_id, claimed_since_on, of the accounts of `ages` (see `ageing`) that have something to claim.

    clean: postings without what was rejected since. A part that is frozen or prescribed belongs to no spell:
    beside it, or after an item was settled by name, what is claimed begins with its own oldest item.
    """
    asked = ages.filter(pl.col("oldest_active_on").is_not_null())
    named = clean.credits.filter(pl.col("target_id").is_not_null()).select("account_id")
    whole = asked.filter((pl.col("frozen_cents") == 0) & (pl.col("prescribed_cents") == 0))
    whole = whole.select("account_id").join(named, on="account_id", how="anti")
    mine = dates.filter(pl.col("split_on").is_null()).join(whole, on="account_id", how="semi")
    days = overdue_events(clean, mine).group_by("account_id", "on").agg(pl.col("delta").sum())
    days = days.sort("account_id", "on").with_columns(owed=so_far("delta", "account_id"))
    nil_on = pl.when(pl.col("owed") <= 0).then(pl.col("on")).max().over("account_id")
    since = days.filter(nil_on.is_null() | (pl.col("on") > nil_on))
    begun = since.group_by("account_id").agg(begun_on=pl.col("on").min())
    return (
        asked.select("account_id", "oldest_active_on")
        .join(begun, on="account_id", how="left")
        .select("account_id", claimed_since_on=pl.min_horizontal("oldest_active_on", "begun_on"))
    )
