"""Whether a plan is kept: the instalments and the current rent, judged on a day for a column of plans.

The rule, day by day. Everything paid since the statement goes into one purse. Each day, what is current and
due (`plan_money`) is paid first, oldest first; then the instalments due, oldest first; what is left waits for
what falls due next. What an instalment was given is not taken back, unless the payment itself bounces: then,
from that day on, the plan is read as if that payment had never come. A purse that could pay all the
instalments left settles the plan, at once and for good.

Written for columns: with C, R and I the money, the current dues and the instalments cumulated up to a day,
instalments have received the greatest value reached so far by min(I, C - R). The naive purse lives in the
tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.domain.plans.money import Money

KEPT, AT_RISK, LATE, BROKEN = "kept", "at_risk", "late", "broken"
STATUS_FR = {KEPT: "tenu", AT_RISK: "à surveiller", LATE: "en retard", BROKEN: "rompu"}
#: One integer for (plan, cents or day): cheaper to search by than the pair.
_WIDE = 1 << 44
#: How many instalments in a row, each paid later than the one before, make a drift.
_DRIFT = 3

INSTALMENT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "number": pl.Int64,
    "due_on": pl.Date,
    "amount_cents": pl.Int64,
}
#: What is told of each plan, after plan_id. Cents and days.
FOLLOWED: dict[str, pl.DataType | type[pl.DataType]] = {
    "status": pl.String,
    "total_cents": pl.Int64,
    "expected_cents": pl.Int64,
    "paid_cents": pl.Int64,
    "advance_cents": pl.Int64,
    "missing_cents": pl.Int64,
    "days_late": pl.Int64,
    "next_due_on": pl.Date,
    "next_cents": pl.Int64,
    "rent_due_cents": pl.Int64,
    "rent_missing_cents": pl.Int64,
    "rent_days_late": pl.Int64,
    "over_days": pl.Int64,
    "paid_count": pl.Int64,
    "count": pl.Int64,
    "is_partial": pl.Boolean,
    "is_drifting": pl.Boolean,
    "has_bounced": pl.Boolean,
    "is_settled": pl.Boolean,
    "settled_on": pl.Date,
}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The office's patience. `cents`: a gap that small is none. `days`, `rent_days`: how long an instalment,
    the current rent, may be late. `grace_days`: from then on, the time left to cure before it is broken."""

    cents: int = 500
    days: int = 5
    rent_days: int = 15
    grace_days: int = 30


@dataclass(frozen=True, slots=True)
class Followed:
    """plans: plan_id and FOLLOWED. instalments: + paid_cents, paid_on (covered on; null: not covered). days:
    plan_id, on, and what was cumulated by the end of that day: money, rent, given (to the instalments)."""

    plans: pl.DataFrame
    instalments: pl.DataFrame
    days: pl.DataFrame


def follow(
    instalments: pl.DataFrame,
    found: Money,
    as_of: date,
    tolerance: Tolerance,
    at_home: pl.DataFrame | None = None,
) -> Followed:
    """Every plan of `instalments` on `as_of`. `found`: see `plan_money.money` of the same day; at_home: what
    is unpaid where the person lives now, when the plan pays the debt of another home (`unpaid_at_home`)."""
    lines = _cumulated(instalments, "due_on")
    plans = lines.group_by("plan_id").agg(
        total_cents=pl.col("amount_cents").sum(), count=pl.len().cast(pl.Int64)
    )
    days = _days(lines.filter(pl.col("due_on") <= as_of), found, plans)
    told = _told(plans, days)
    lines = _shared(lines, days, told)
    told = told.join(_instalments_told(lines, as_of, tolerance), on="plan_id", how="left")
    told = told.join(_rent_told(found.dues, told, as_of, tolerance), on="plan_id", how="left")
    recent = found.bounced.filter((pl.lit(as_of) - pl.col("on")).dt.total_days() <= tolerance.grace_days)
    told = told.join(recent.select("plan_id", has_bounced=True).unique("plan_id"), on="plan_id", how="left")
    told = _with_home(told, at_home, as_of, tolerance)
    return Followed(
        _judged(told, tolerance), lines.drop("end"), days.select("plan_id", "on", "money", "rent", "given")
    )


def _cumulated(rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Rows in order, with `end`: the cents of their plan up to and with this one."""
    order = [day, "number"] if "number" in rows.columns else [day]
    return rows.sort("plan_id", *order).with_columns(end=pl.col("amount_cents").cum_sum().over("plan_id"))


def _days(due: pl.DataFrame, found: Money, plans: pl.DataFrame) -> pl.DataFrame:
    """plan_id, on, money, rent, asked (all cumulated), given: what the instalments have received that day."""
    steps = pl.concat(
        [
            due.select("plan_id", on="due_on", asked="amount_cents"),
            found.dues.select("plan_id", "on", rent="amount_cents"),
            found.paid.select("plan_id", "on", money="amount_cents"),
        ],
        how="diagonal",
    ).join(plans.select("plan_id", "total_cents"), on="plan_id", how="inner")
    days = (
        steps.group_by("plan_id", "on")
        .agg(pl.col("money", "rent", "asked").sum(), pl.col("total_cents").first())
        .sort("plan_id", "on")
        .with_columns(pl.col("money", "rent", "asked").cum_sum().over("plan_id"))
    )
    free = pl.col("money") - pl.col("rent")
    served = pl.min_horizontal("asked", free).clip(0)
    settles = (free >= pl.col("total_cents")).cast(pl.Int8)
    days = days.with_columns(
        given=served.cum_max().over("plan_id"), settled=settles.cum_max().over("plan_id") == 1
    )
    return days.with_columns(given=pl.when("settled").then("total_cents").otherwise("given"))


def _told(plans: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    last = days.group_by("plan_id", maintain_order=True).agg(
        pl.col("money", "rent", "asked", "given", "settled").last(),
        settled_on=pl.col("on").filter("settled").first(),
    )
    nil = pl.col("money", "rent", "asked", "given").fill_null(0)
    told = plans.join(last, on="plan_id", how="left").with_columns(nil, pl.col("settled").fill_null(False))
    # Money pays what is due before it waits; a settled plan keeps what it needs, the rest is for the rent.
    rent_paid = pl.min_horizontal(pl.col("money") - pl.col("given"), "rent").clip(0)
    told = told.with_columns(rent_paid=rent_paid)
    purse = (pl.col("money") - pl.col("given") - pl.col("rent_paid")).clip(0)
    return told.with_columns(advance_cents=pl.min_horizontal(purse, pl.col("total_cents") - pl.col("given")))


def _shared(lines: pl.DataFrame, days: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Each instalment with what it received and the day it was covered."""
    lines = lines.join(told.select("plan_id", "given", "settled"), on="plan_id", how="left")
    part = (pl.col("given") - pl.col("end") + pl.col("amount_cents")).clip(0)
    lines = lines.with_columns(paid_cents=pl.min_horizontal(part, "amount_cents"))
    keyed = days.select("on", key=pl.col("plan_id") * _WIDE + pl.col("given"), plan="plan_id")
    keyed = keyed.unique("key", keep="first", maintain_order=True).sort("key")
    wanted = lines.with_columns(key=pl.col("plan_id") * _WIDE + pl.col("end")).sort("key")
    reached = wanted.join_asof(keyed, on="key", strategy="forward")
    own = pl.when(pl.col("plan") == pl.col("plan_id")).then(pl.col("on"))
    return reached.with_columns(paid_on=own).drop("key", "plan", "on", "given", "settled")


def _instalments_told(lines: pl.DataFrame, as_of: date, tolerance: Tolerance) -> pl.DataFrame:
    """What the instalments say of each plan: the oldest late one, the next one, the drift."""
    due = pl.col("due_on") <= as_of
    unpaid = pl.col("paid_cents") < pl.col("amount_cents")
    # Gaps add up: what counts is what is missing from the first instalment to this one.
    gap = pl.col("end") - pl.col("paid_cents").cum_sum().over("plan_id")
    rows = lines.with_columns(short=due & unpaid & (gap > tolerance.cents))
    coming = (pl.col("due_on") >= as_of) & unpaid
    partly = pl.col("short") & (pl.col("paid_cents") > 0)
    delay = (pl.col("paid_on") - pl.col("due_on")).dt.total_days().clip(0)
    last = delay.filter(due & pl.col("paid_on").is_not_null()).tail(_DRIFT)
    drift = (last.len() == _DRIFT) & (last.diff().min() > 0)
    return rows.group_by("plan_id", maintain_order=True).agg(
        missing_cents=(pl.col("amount_cents") - pl.col("paid_cents")).filter(due).sum(),
        days_late=(pl.lit(as_of) - pl.col("due_on").filter("short").first()).dt.total_days(),
        next_due_on=pl.col("due_on").filter(coming).first(),
        next_cents=(pl.col("amount_cents") - pl.col("paid_cents")).filter(coming).first(),
        paid_count=(~unpaid).sum().cast(pl.Int64),
        is_partial=partly.any(),
        is_drifting=drift,
    )


def _rent_told(dues: pl.DataFrame, told: pl.DataFrame, as_of: date, tolerance: Tolerance) -> pl.DataFrame:
    """How long the oldest current due has been waiting for more than the tolerance."""
    rows = _cumulated(dues, "on").join(told.select("plan_id", "rent_paid"), on="plan_id", how="inner")
    short = rows.filter(pl.col("end") > pl.col("rent_paid") + tolerance.cents)
    oldest = short.group_by("plan_id").agg(pl.col("on").min())
    return oldest.select("plan_id", rent_days_late=(pl.lit(as_of) - pl.col("on")).dt.total_days())


def _with_home(
    told: pl.DataFrame, at_home: pl.DataFrame | None, as_of: date, tolerance: Tolerance
) -> pl.DataFrame:
    """What is unpaid at home is current rent of the plan, as late as its oldest due."""
    if at_home is None:
        return told.with_columns(home_cents=pl.lit(0, pl.Int64))
    rows = _cumulated(at_home, "on")
    missing = rows.group_by("plan_id").agg(
        home_cents=pl.col("amount_cents").sum(),
        home_on=pl.col("on").filter(pl.col("end") > tolerance.cents).min(),
    )
    late = (pl.lit(as_of) - pl.col("home_on")).dt.total_days()
    return told.join(missing, on="plan_id", how="left").with_columns(
        pl.col("home_cents").fill_null(0), rent_days_late=pl.max_horizontal("rent_days_late", late)
    )


def _judged(told: pl.DataFrame, tolerance: Tolerance) -> pl.DataFrame:
    never = ["days_late", "rent_days_late"]
    told = told.with_columns(
        pl.col(*never).fill_null(0), pl.col("has_bounced", "is_drifting", "is_partial").fill_null(False)
    )
    over = pl.max_horizontal(
        pl.col("days_late") - tolerance.days, pl.col("rent_days_late") - tolerance.rent_days
    ).clip(0)
    told = told.with_columns(
        over_days=pl.when("settled").then(0).otherwise(over),
        expected_cents="asked",
        paid_cents=pl.col("given") + pl.col("advance_cents"),
        rent_due_cents=pl.col("rent") + pl.col("home_cents"),
        rent_missing_cents=pl.col("rent") - pl.col("rent_paid") + pl.col("home_cents"),
        is_settled="settled",
    )
    sign = pl.col("is_partial") | pl.col("is_drifting") | pl.col("has_bounced")
    status = (
        pl.when("is_settled")
        .then(pl.lit(KEPT))
        .when(pl.col("over_days") > tolerance.grace_days)
        .then(pl.lit(BROKEN))
        .when(pl.col("over_days") > 0)
        .then(pl.lit(LATE))
        .when(sign)
        .then(pl.lit(AT_RISK))
        .otherwise(pl.lit(KEPT))
    )
    told = told.with_columns(status=status)
    return told.select("plan_id", *(pl.col(name).cast(dtype) for name, dtype in FOLLOWED.items()))


def pieces(found: Followed, paid: pl.DataFrame) -> pl.DataFrame:
    """plan_id, number, on, entry_id, amount_cents: which payment paid which part of which instalment.

    Meant for some plans at a time. What a day gives to instalments comes after the current dues of that day;
    payments are used in the order they came. `paid`: that of `plan_money.Money`."""
    by = "plan_id"
    rent = pl.min_horizontal(pl.col("money") - pl.col("given"), "rent").clip(0)
    days = found.days.sort(by, "on").with_columns(
        low=pl.col("given").shift(1).over(by).fill_null(0), high="given", shift=rent
    )
    days = days.filter(pl.col("high") > pl.col("low")).select(by, "low", "high", "shift")
    lines = found.instalments.sort(by, "due_on", "number").with_columns(
        line_high=pl.col("amount_cents").cum_sum().over(by)
    )
    parts = lines.join(days, on=by).select(
        by,
        "number",
        start=pl.max_horizontal("low", pl.col("line_high") - pl.col("amount_cents")) + pl.col("shift"),
        end=pl.min_horizontal("high", "line_high") + pl.col("shift"),
    )
    purse = paid.sort(by, "on", "entry_id").with_columns(until=pl.col("amount_cents").cum_sum().over(by))
    shared = parts.filter(pl.col("end") > pl.col("start")).join(purse, on=by)
    begun = pl.max_horizontal("start", pl.col("until") - pl.col("amount_cents"))
    cents = pl.min_horizontal("end", "until") - begun
    shared = shared.with_columns(cents=cents).filter(pl.col("cents") > 0)
    return shared.sort(by, "number", "on", "entry_id").select(
        by, "number", "on", "entry_id", amount_cents="cents"
    )
