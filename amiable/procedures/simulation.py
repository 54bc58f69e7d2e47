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
    both = before.select("account_id", "next_step", "next_step_on").join(
        after.select("account_id", "next_step", "next_step_on", "why", "priority"),
        on="account_id",
        suffix="_after",
    )
    moved = both.filter(
        pl.col("next_step").ne_missing(pl.col("next_step_after"))
        | pl.col("next_step_on").ne_missing(pl.col("next_step_on_after"))
    ).sort("priority", "account_id", descending=[True, False])
    return Simulation(
        accounts=mine.height,
        changed_count=moved.height,
        steps=_counts(both, draft, book, natures, as_of),
        changed=tuple(
            moved.head(LISTED).rename({"next_step": "before", "next_step_after": "after"}).to_dicts()
        ),
    )


def _counts(
    both: pl.DataFrame, draft: Procedure, book: Book, natures: list[str], as_of: date
) -> tuple[StepCount, ...]:
    labels = {s.code: s.label_fr for n in natures for e in book.editions[n] for s in e.procedure.steps}
    labels = {**draft.labels, **{code: label for code, label in labels.items() if code not in draft.labels}}
    counts = []
    for code, label in labels.items():
        before = both.filter((pl.col("next_step") == code) & (pl.col("next_step_on") <= as_of)).height
        after = both.filter(
            (pl.col("next_step_after") == code) & (pl.col("next_step_on_after") <= as_of)
        ).height
        if before or after:
            counts.append(StepCount(code, label, before, after))
    return tuple(counts)
