"""Where an account that owes is waited for: a step, a hold, a case, or nobody's list yet (« à décider »).

Nobody leaves every queue: whatever is owed above the floor stands in exactly one of the four. A hold or a
case that the law gives no end is looked at again after the office's own delay; past that day it is no
queue any more, and somebody decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from amiable.domain.decision.facts import HOLD_LABELS

STEP, HOLD, CASE, UNDECIDED = "step", "hold", "case", "undecided"
#: Held back by what ends by itself or stands in a list of its own (« À rapprocher »): no delay of ours.
_ENDS_BY_ITSELF = ("unmatched_credit", "pending_aid", "aid_gap", "steady_payer")
#: Too little to claim holds nobody back: what is owed beside it must stand somewhere.
_NO_HOLD = "below_floor"
#: A file handed over is followed by its desk: a case, though friendly reminders are held.
_HANDED_OVER = "litigation"

UNDECIDED_LABEL = "Sans suite, à décider"
UNDECIDED_WHY = "{overdue_cents} dus, et la procédure ne prévoit plus rien : décider de la suite"
#: A hold nobody looked at again within the office's delay.
OVERDUE_HOLD_WHY = (
    "{overdue_cents} dus, en attente depuis le {hold_since} et sans suite : décider de la suite"
)


def review_of_hold(policy: Mapping[str, Any]) -> pl.Expr:
    """The day a hold without end is looked at again, when a hold is what holds the account back."""
    undated = pl.col("held_by").is_in(list(HOLD_LABELS)) & pl.col("hold_until").is_null()
    return pl.when(undated).then(pl.col("hold_since") + _delay(policy))


def queue(policy: Mapping[str, Any]) -> pl.Expr:
    """step, hold, case or undecided; null when nothing above the floor is owed.

    Reads the facts, and next_step, duties, held_by, held_until (last day of the guard, null when unknown) of
    the decision. Money frozen, disputed or paid by a guarantor is owed: it too is waited for somewhere.
    """
    owed = pl.col("overdue_cents").fill_null(0)
    counted = (owed > 0) & (owed >= pl.lit(int(policy["reminder_floor_cents"]), dtype=pl.Int64))
    held = pl.col("held_by")
    ends = pl.coalesce("held_until", review_of_hold(policy))
    waits = held.is_not_null() & (held != _NO_HOLD) & (held.is_in(_ENDS_BY_ITSELF) | _not_past(ends))
    case = (pl.col("case_limit_on") >= pl.col("as_of")).fill_null(False) | _not_past(
        pl.col("case_moved_on") + _delay(policy)
    )
    return (
        pl.when(~counted)
        .then(None)
        .when(pl.col("next_step").is_not_null() | (pl.col("duties").list.len() > 0))
        .then(pl.lit(STEP))
        .when(waits & (held != _HANDED_OVER))
        .then(pl.lit(HOLD))
        .when(waits | case)
        .then(pl.lit(CASE))
        .otherwise(pl.lit(UNDECIDED))
        .alias("queue")
    )


def _not_past(day: pl.Expr) -> pl.Expr:
    return (day >= pl.col("as_of")).fill_null(False)


def _delay(policy: Mapping[str, Any]) -> pl.Expr:
    return pl.duration(days=int(policy["undated_review_days"]))
