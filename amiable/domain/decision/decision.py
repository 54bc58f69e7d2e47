"""One next contact per account, or none, and its duties: the procedure applied to a column of accounts.

Of the contacts, the first whose condition holds today wins; else the one that only time keeps away, at its
date; else none. The duties of the office stand beside it (`duties`) and withhold only what a step says it
precedes. One account is a frame of one row: there is no other way to decide. `explanation` tells the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from amiable.domain.decision import duties, facts
from amiable.domain.decision.compiling import leaf_columns, opens_in
from amiable.domain.decision.conditions import resolve
from amiable.domain.decision.guards import (
    SAY_WHAT_TO_DECIDE,
    Guard,
    dispatch_block,
    guards,
    owes,
    to_chase,
)
from amiable.domain.decision.policy import value_of
from amiable.domain.decision.procedure import LANES, Procedure, Step
from amiable.domain.decision.queue import (
    OVERDUE_HOLD_WHY,
    UNDECIDED,
    UNDECIDED_WHY,
    queue,
    review_of_hold,
)
from amiable.domain.decision.spacing import opening
from amiable.domain.decision.telling import sentence

#: A step further away than this is no help to an officer: the file is looked at again before.
HORIZON_DAYS = 92
#: Room for the order of steps beside the days to wait in one sortable number.
_ORDER = 1000
#: Points a component of the score can bring at most; the lane comes first, whatever the points.
_SCORE_MAX = 999
_LANE_POINTS = {lane: (len(LANES) - rank) * (_SCORE_MAX + 1) for rank, lane in enumerate(LANES)}

DEFAULT_WHY = "{actionable_cents} à réclamer, {age_days} de retard"

SCHEMA = {
    "next_step": pl.String(),
    "next_step_on": pl.Date(),
    "step_mode": pl.String(),
    "lane": pl.String(),
    "priority": pl.Float64(),
    "deadline_on": pl.Date(),
    "held_by": pl.String(),
    "review_on": pl.Date(),
    "queue": pl.String(),
    "duties": duties.DTYPE,
    "duty_lane": pl.String(),
    "why": pl.String(),
    "rules": pl.String(),
}


def decide(frame: pl.DataFrame, procedure: Procedure, policy: Mapping[str, Any], as_of: date) -> pl.DataFrame:
    """Decision of each account: `account_id` and the columns of SCHEMA, in the order of the frame.

    frame: account_id and facts (missing ones count as unknown). policy: every setting of the office.
    next_step_on is as_of when the step is ready, a later date when only time is missing. `held_by` names the
    guard that stops the chase; the duties of the office may still be due. deadline_on: the nearest limit of
    what is due. Priority: the first lane of the contact and the duties, then points.
    """
    known = facts.with_derived(frame, as_of, procedure.facts_needed())
    rules = guards(policy)
    held = known.with_columns(_held_by(rules), _held_until(rules), owes().alias("_owes"))
    chosen = _choose(held, procedure, policy, as_of)
    told = chosen.with_columns(_review_on(as_of, policy), queue(policy))
    return _with_words(told, procedure, rules).select("account_id", *SCHEMA)


def _held_by(rules: tuple[Guard, ...]) -> pl.Expr:
    first = pl.coalesce([pl.when(guard.holds).then(pl.lit(guard.code)) for guard in rules])
    return pl.when(owes()).then(first).alias("held_by")


def _held_until(rules: tuple[Guard, ...]) -> pl.Expr:
    # The same order as `_held_by`; a guard without known end must stop the search, hence the far date.
    far = pl.lit(date.max)
    first = pl.coalesce([pl.when(guard.holds).then(pl.coalesce(guard.until, far)) for guard in rules])
    return pl.when(first < far).then(first).alias("held_until")


def _choose(held: pl.DataFrame, procedure: Procedure, policy: Mapping[str, Any], as_of: date) -> pl.DataFrame:
    steps = procedure.active
    value = value_of(policy, as_of)
    free = pl.col("_owes") & pl.col("held_by").is_null()
    wholes = [resolve(opening(step, procedure), value) for step in steps]
    made, of_leaf = leaf_columns(wholes)
    waits = [opens_in(whole, of_leaf).alias(f"_w{i}") for i, whole in enumerate(wholes)]
    scratch = held.select("_owes", "held_by", *made).select("_owes", "held_by", *waits)
    keys = [_key(order, step, steps, procedure, free) for order, step in enumerate(steps) if not step.is_duty]
    best = pl.min_horizontal(keys) if keys else pl.lit(None, dtype=pl.Int64)
    chosen = held.with_columns(scratch.select(best.alias("_best")).to_series())
    index, days = pl.col("_best") % _ORDER, pl.col("_best") // _ORDER
    ready = {i: _ready(i, step, free) for i, step in enumerate(steps) if step.is_duty}
    chosen = duties.with_duties(chosen, scratch, steps, ready, as_of)
    due = pl.col("duties").list.eval(
        pl.when(pl.element().struct["on"] <= as_of).then(pl.element().struct["limit_on"])
    )
    return chosen.with_columns(
        _per_step(index, steps, [step.code for step in steps]).alias("next_step"),
        (pl.lit(as_of) + pl.duration(days=days)).alias("next_step_on"),
        _per_step(index, steps, [step.mode for step in steps]).alias("step_mode"),
        _per_step(index, steps, [step.lane for step in steps]).alias("lane"),
        _per_step(index, steps, [" ".join(step.rules) for step in steps]).alias("rules"),
        _deadline(index, steps).alias("_own_limit"),
        pl.min_horizontal(_deadline(index, steps), due.list.min()).alias("deadline_on"),
    ).with_columns(_priority().alias("priority"))


def _ready(order: int, step: Step, free: pl.Expr) -> pl.Expr:
    """Days to wait, when the step may be asked for within the horizon; null otherwise."""
    wait = pl.col(f"_w{order}")
    # What is not stopped by a hold shows before its day only when nothing holds the account back.
    may = free if step.guarded else free | (wait == 0)
    return pl.when(may & (wait <= HORIZON_DAYS)).then(wait)


def _key(order: int, step: Step, steps: tuple[Step, ...], procedure: Procedure, free: pl.Expr) -> pl.Expr:
    """Days to wait, then the order of the steps, as one number: the smallest is the next contact."""
    key = _ready(order, step, free) * _ORDER + order
    first = [_ready(steps.index(other), other, free) == 0 for other in procedure.before(step)]
    return pl.when(~pl.any_horizontal(first).fill_null(False)).then(key) if first else key


def _per_step(index: pl.Expr, steps: tuple[Step, ...], values: list[str]) -> pl.Expr:
    return index.replace_strict(list(range(len(steps))), values, default=None, return_dtype=pl.String)


def _deadline(index: pl.Expr, steps: tuple[Step, ...]) -> pl.Expr:
    dated = [(i, step.deadline) for i, step in enumerate(steps) if step.deadline]
    none = pl.lit(None, dtype=pl.Date)
    return pl.coalesce([*(pl.when(index == i).then(pl.col(name)) for i, name in dated), none])


def score_parts() -> dict[str, pl.Expr]:
    """Points of each component of the score, by French name; each is a whole number, null never.

    Amount: one point per 10 EUR up to 200; age: one per day up to 100; terms: 20 each up to 100; broken
    promise: 80; rejected debits: 20 each up to 60; a regular payer's first default: 60 (acting early works);
    deadline: 2 per day nearer than 60 days, up to 120, and 20 per day nearer than 15, up to 300: in its last
    days a limit outweighs any amount.
    """
    days_left = (pl.col("deadline_on") - pl.col("as_of")).dt.total_days()
    first_default = (pl.col("payment_regularity") >= 0.8) & (pl.col("unpaid_terms") <= 1)
    parts = {
        "montant": (to_chase() // 1000).clip(0, 200),
        "ancienneté": pl.col("age_days").clip(0, 100),
        "récurrence": (pl.col("unpaid_terms") * 20).clip(0, 100),
        "promesse non tenue": pl.when(pl.col("promise_broken")).then(80),
        "prélèvements rejetés": (pl.col("rejected_debits_12m") * 20).clip(0, 60),
        "rupture d'une habitude de paiement": pl.when(first_default).then(60),
        "échéance légale": ((60 - days_left) * 2).clip(0, 120) + ((15 - days_left) * 20).clip(0, 300),
    }
    return {name: points.fill_null(0).cast(pl.Int64) for name, points in parts.items()}


def _priority() -> pl.Expr:
    """Legal limits have no points: lists order them by their date alone (`deadline_on`)."""
    points = pl.sum_horizontal(list(score_parts().values())).clip(0, _SCORE_MAX)
    lane = pl.max_horizontal(
        pl.col(name).replace_strict(
            list(_LANE_POINTS), list(_LANE_POINTS.values()), default=None, return_dtype=pl.Int64
        )
        for name in ("lane", "duty_lane")
    )
    points = pl.when(lane == _LANE_POINTS["legal"]).then(0).otherwise(points)
    return (lane + points).fill_null(0).cast(pl.Float64)


def _review_on(as_of: date, policy: Mapping[str, Any]) -> pl.Expr:
    """When to look again if nothing new is posted: the step's date, the day after a dated guard, the office's
    own delay after a hold without end."""
    later = pl.when(pl.col("next_step_on") > as_of).then(pl.col("next_step_on"))
    dated = pl.col("held_until") + pl.duration(days=1)
    return pl.min_horizontal(later, pl.coalesce(dated, review_of_hold(policy))).alias("review_on")


def _with_words(chosen: pl.DataFrame, procedure: Procedure, rules: tuple[Guard, ...]) -> pl.DataFrame:
    """The line's reason: each sentence is written only for the rows that need it."""
    steps = {step.code: step.why or DEFAULT_WHY for step in procedure.active}
    words = {guard.code: guard.why for guard in rules}
    words |= {f"{guard.code}@": guard.why_until or guard.why for guard in rules}
    said_of = {f"s:{code}": why for code, why in steps.items()} | {
        f"g:{code}": why for code, why in words.items()
    }
    said_of |= {f"s:{step.code}!": step.late_why for step in procedure.active if step.deadline}
    said_of |= {"u:": UNDECIDED_WHY, "u:hold": OVERDUE_HOLD_WHY}
    dated = pl.when(pl.col("held_until").is_not_null()).then(pl.lit("@")).otherwise(pl.lit(""))
    late = pl.when(pl.col("_own_limit") < pl.col("as_of")).then(pl.lit("!")).otherwise(pl.lit(""))
    step = pl.concat_str(pl.lit("s:"), "next_step", late)
    guard = pl.concat_str(pl.lit("g:"), "held_by", dated)
    forgotten = pl.when(pl.col("hold_since").is_not_null()).then(pl.lit("u:hold")).otherwise(pl.lit("u:"))
    undecided = (pl.col("queue") == UNDECIDED) & ~pl.col("held_by").is_in(SAY_WHAT_TO_DECIDE).fill_null(False)
    nobody = pl.when(undecided).then(forgotten)
    kept = chosen.with_row_index("_row").with_columns(pl.coalesce(nobody, step, guard).alias("_for"))
    said = [
        part.select("_row", sentence(said_of[key]).alias("why"))
        for (key,), part in kept.filter(pl.col("_for").is_not_null())
        .partition_by("_for", as_dict=True)
        .items()
    ]
    if not said:
        return kept.with_columns(pl.lit("").alias("why"))
    return kept.join(pl.concat(said), on="_row", how="left", maintain_order="left").with_columns(
        pl.col("why").fill_null("")
    )


def block_dispatch(
    frame: pl.DataFrame, procedure: Procedure, policy: Mapping[str, Any], as_of: date
) -> pl.DataFrame:
    """`decide` run again just before something leaves, with `dispatch_block`: a code, or null to let it go.

    frame: facts, and prepared_step / prepared_balance_cents / prepared_last_payment_on when it was prepared.
    """
    prepared: dict[str, Any] = {
        "prepared_step": pl.String(),
        "prepared_balance_cents": pl.Int64(),
        "prepared_last_payment_on": pl.Date(),
        "holds": pl.List(pl.String),
    }
    missing = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in prepared.items() if name not in frame.columns
    ]
    known = facts.with_derived(frame, as_of).with_columns(missing)
    decided = decide(frame, procedure, policy, as_of)
    unguarded = [step.code for step in procedure.active if not step.guarded]
    block = dispatch_block(policy, unguarded).alias("dispatch_block")
    return decided.with_columns(known.hstack(decided.drop("account_id")).select(block))
