"""What a draft would change on today's portfolio, before anybody publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.domain.decision.procedure import Procedure
from amiable.procedures.in_force import Book

#: How many changed accounts are listed; the counts cover all of them.
LISTED = 200


@dataclass(frozen=True)
class StepCount:
    """Accounts whose step is ready on the day, before and after."""

    code: str
    label_fr: str
    before: int
    after: int


@dataclass(frozen=True)
class Simulation:
    """accounts: all those followed by the procedure; changed: account_id, before, after, after_on, why."""

    accounts: int
    changed_count: int
    steps: tuple[StepCount, ...]
    changed: tuple[dict[str, object], ...]


def simulate(book: Book, draft: Procedure, frame: pl.DataFrame, as_of: date) -> Simulation:
    """Decide the whole portfolio twice. frame: facts of the accounts with their nature (see Book.decide).

    Every case is moved to the draft, so that its whole effect shows, whatever is chosen when publishing.
    """
    natures = [n for n, editions in book.editions.items() if editions[-1].procedure.code == draft.code]
    mine = frame.filter(pl.col("nature").is_in(natures)) if "nature" in frame.columns else frame
    before = book.decide(mine, as_of)
    after = book.with_procedure(draft.code, draft, -1).decide(mine, as_of)
    duties = pl.col("duties").list.eval(pl.element().struct.field("code")).list.sort().list.join(" ")
    both = before.select("account_id", "next_step", "next_step_on", duties).join(
        after.select("account_id", "next_step", "next_step_on", duties, "why", "priority"),
        on="account_id",
        suffix="_after",
    )
    moved = both.filter(
        pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(f"{name}_after"))
            for name in ("next_step", "next_step_on", "duties")
        )
    ).sort("priority", "account_id", descending=[True, False])
    return Simulation(
        accounts=mine.height,
        changed_count=moved.height,
        steps=_counts(_at_hand(before, as_of), _at_hand(after, as_of), draft, book, natures),
        changed=tuple(
            moved.head(LISTED).rename({"next_step": "before", "next_step_after": "after"}).to_dicts()
        ),
    )


def _at_hand(decided: pl.DataFrame, as_of: date) -> dict[str, int]:
    """How many accounts have each step to do on the day, as their next contact or as a duty of the office."""
    contacts = decided.filter(pl.col("next_step_on") <= as_of).select(code="next_step", on="next_step_on")
    duties = decided.select(pl.col("duties").explode()).drop_nulls().unnest("duties").select("code", "on")
    due = pl.concat([contacts, duties]).filter(pl.col("on") <= as_of)
    return dict(due.group_by("code").len().iter_rows())


def _counts(
    before: dict[str, int], after: dict[str, int], draft: Procedure, book: Book, natures: list[str]
) -> tuple[StepCount, ...]:
    labels = {s.code: s.label_fr for n in natures for e in book.editions[n] for s in e.procedure.steps}
    labels = {**draft.labels, **{code: label for code, label in labels.items() if code not in draft.labels}}
    return tuple(
        StepCount(code, label, before.get(code, 0), after.get(code, 0))
        for code, label in labels.items()
        if code in before or code in after
    )
