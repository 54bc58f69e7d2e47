"""Aid suspended or taken back by the CAF: told apart from a tenant who does not pay (story 6).

Once the aid of a month is later than its payment day and the tolerance, the tenant owes it. While the CAF
looks into the file that debt is not their doing: for a few months (policy) it is tagged, and by itself makes
nobody chased.
"""

from __future__ import annotations

import polars as pl

from amiable.domain.settlement.aid import AidPolicy
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.postings import Postings

#: Aid received for this many months was usual: a first payment that is late suspends nothing.
USUAL_MONTHS = 2
#: A payment of this many months at once is a rappel.
RAPPEL_MONTHS = 2
#: How long a rappel is news, and how long a month is when days are counted.
MONTH_DAYS = 31


def aid_gaps(
    found: Postings, items: pl.DataFrame, asked: pl.DataFrame, terms: pl.DataFrame, policy: AidPolicy
) -> pl.DataFrame:
    """account_id, aid_change (suspension, indu, rappel), aid_gap_cents, for the accounts it concerns.

    found: postings without undone payments; items: what is settled (`rest_cents`); asked: account_id, as_of.
    aid_gap_cents: the aid of the months called since the last one paid, while they are at most
    `policy.suspension_months`, and what is left of the aid taken back within as many months.
    """
    paid = _paid(found, asked)
    back = _taken_back(items, asked, policy)
    missing = _missing(found, paid, terms, policy)
    told = (
        asked.join(paid.drop("as_of"), on="account_id", how="left")
        .join(missing, on="account_id", how="left")
        .join(back, on="account_id", how="left")
    )
    months, aid = pl.col("missing_months").fill_null(0), pl.col("aid")
    short = (months > 0) & (months <= policy.suspension_months)
    suspended = pl.when(short).then(months * aid).otherwise(0).fill_null(0)
    fresh = (pl.col("as_of") - pl.col("last_on")).dt.total_days() <= MONTH_DAYS
    change = (
        pl.when(months > 0)
        .then(pl.lit("suspension"))
        .when(pl.col("back_cents") > 0)
        .then(pl.lit("indu"))
        .when(fresh & (pl.col("last_cents") >= RAPPEL_MONTHS * aid))
        .then(pl.lit("rappel"))
    )
    return told.select(
        "account_id",
        aid_change=change,
        aid_gap_cents=(suspended + pl.col("back_cents").fill_null(0)).cast(pl.Int64),
    ).filter(pl.col("aid_change").is_not_null())


def _paid(found: Postings, asked: pl.DataFrame) -> pl.DataFrame:
    """account_id, as_of, last_on, last_month, last_cents (of that day): accounts whose aid was usual."""
    aid = found.credits.filter(pl.col("kind") == EntryKind.APL).join(asked, on="account_id", how="inner")
    month = pl.coalesce("month", pl.col("document_on").dt.truncate("1mo"))
    on = pl.col("document_on")
    return (
        aid.with_columns(month=month)
        .group_by("account_id")
        .agg(
            on.max().alias("last_on"),
            pl.col("month").max().alias("last_month"),
            pl.col("month").n_unique().alias("months"),
            pl.col("amount_cents").filter(on == on.max()).sum().alias("last_cents"),
            pl.col("as_of").first(),
        )
        .filter(pl.col("months") >= USUAL_MONTHS)
    )


def _missing(found: Postings, paid: pl.DataFrame, terms: pl.DataFrame, policy: AidPolicy) -> pl.DataFrame:
    """account_id, aid (cents a month), missing_months: gross months called, past their day, without aid."""
    aid = (
        terms.filter(pl.col("third_party") & (pl.col("aid_cents") > 0))
        .join(paid, on="account_id", how="inner")
        .filter(pl.col("effective_on") <= pl.col("last_on"))
        .sort("effective_on")
        .group_by("account_id")
        .agg(pl.col("aid_cents").last().alias("aid"), pl.col("last_month").last())
    )
    wait = policy.payment_day - 1 + policy.tolerance_days
    called = found.items.filter((pl.col("kind") == EntryKind.QUITTANCE) & ~pl.col("is_net"))
    months = (
        called.join(aid, on="account_id", how="inner")
        .join(paid.select("account_id", "as_of"), on="account_id", how="inner")
        .filter(pl.col("month") > pl.col("last_month"))
        .filter(pl.col("month") + pl.duration(days=wait) < pl.col("as_of"))
        .group_by("account_id")
        .agg(pl.col("month").n_unique().alias("missing_months"))
    )
    return aid.select("account_id", "aid").join(months, on="account_id", how="left")


def _taken_back(items: pl.DataFrame, asked: pl.DataFrame, policy: AidPolicy) -> pl.DataFrame:
    """account_id, back_cents: what is left unpaid of the aid the CAF took back lately."""
    lately = pl.duration(days=MONTH_DAYS * policy.suspension_months)
    return (
        items.filter((pl.col("kind") == EntryKind.INDU) & (pl.col("rest_cents") > 0))
        .join(asked, on="account_id", how="inner")
        .filter(pl.col("document_on") > pl.col("as_of") - lately)
        .group_by("account_id")
        .agg(pl.col("rest_cents").sum().alias("back_cents"))
    )
