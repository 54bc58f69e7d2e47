"""What dossiers tell decisions: for each kind, whether one is open, when it was sent, what was answered."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from amiable.cases.kinds import every
from amiable.cases.models import CaseAccount
from amiable.diary.facts import of_accounts
from amiable.domain.cases.family import ABANDONED, OPEN
from amiable.domain.cases.kind import answer_fact, facts_of, open_fact, sent_fact
from amiable.domain.decision import facts as vocabulary
from amiable.positions import registry
from amiable.positions.registry import Scope

_OF_ALL: dict[str, Any] = {"case_moved_on": pl.Date, "case_limit_on": pl.Date}
_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "kind": pl.String,
    "opened_on": pl.Date,
    "stage": pl.String,
    "closed_on": pl.Date,
    "sent_on": pl.Date,
    "acknowledged_on": pl.Date,
    "answer": pl.String,
    "answered_on": pl.Date,
    "limit_on": pl.Date,
}

#: The days on which an open dossier moves.
_MOVES = ("sent_on", "acknowledged_on", "answered_on")


def columns() -> dict[str, Any]:
    """What `provide` gives: the facts of all cases, then those made from each kind."""
    return _OF_ALL | {fact.name: fact.dtype for kind in every().values() for fact in facts_of(kind)}


def declare() -> None:
    """The facts of each kind join the vocabulary of decisions, and their provider the positions."""
    vocabulary.declare(fact for kind in every().values() for fact in facts_of(kind))
    registry.register(provide, columns())


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account that a case covers: `columns()`, of the current spell of debt only.

    Read by date: what was sent or answered after `as_of` is not known yet. One query."""
    covered = CaseAccount.objects.filter(case__opened_on__lte=as_of)
    rows = of_accounts(covered, ids, {"case__office_id": office_id})
    columns = [name if name == "account_id" else f"case__{name}" for name in _SCHEMA]
    told = rows.order_by("account_id", "case_id").values_list(*columns)
    frame = pl.DataFrame(list(told), schema=_SCHEMA, orient="row")
    spell = scope.figures.select(
        "account_id", since=pl.min_horizontal("oldest_unpaid_on", "first_default_on")
    )
    day = pl.lit(as_of)
    sent, answered = pl.col("sent_on") <= day, (pl.col("answered_on") <= day) & (pl.col("answer") != "")
    closed = pl.col("closed_on") <= day
    known = (
        frame.join(spell, on="account_id", how="inner")
        .with_columns(
            is_open=(pl.col("stage").is_in(list(OPEN)) | ~closed).fill_null(True),
            sent_on=pl.when(sent & (pl.col("sent_on") >= pl.col("since"))).then("sent_on"),
            answer=pl.when(answered & (pl.col("answered_on") >= pl.col("since"))).then("answer"),
        )
        .filter((pl.col("stage") != ABANDONED) | pl.col("is_open"))
    )
    return known.group_by("account_id", maintain_order=True).agg(
        pl.max_horizontal("opened_on", *(pl.when(pl.col(name) <= day).then(name) for name in _MOVES))
        .filter("is_open")
        .max()
        .alias("case_moved_on"),
        pl.col("limit_on").filter("is_open").max().alias("case_limit_on"),
        *(each for kind in every() for each in _of_kind(kind)),
    )


def _of_kind(kind: str) -> tuple[pl.Expr, ...]:
    mine = pl.col("kind") == kind
    return (
        (mine & pl.col("is_open")).any().alias(open_fact(kind)),
        pl.col("sent_on").filter(mine).max().alias(sent_fact(kind)),
        pl.col("answer").filter(mine).drop_nulls().last().alias(answer_fact(kind)),
    )
