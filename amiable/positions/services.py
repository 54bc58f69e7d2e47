"""Rebuild the stored positions, and check them against the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import polars as pl
from django.utils import timezone

from amiable.core.models import Office
from amiable.ledger.facts import Ledger, Span, last_entry_id, read_ledger, spans
from amiable.ledger.models import Entry
from amiable.positions import duties, store
from amiable.positions.facts import Rules, figures_of, rules, with_facts

_DECIDED = (
    "next_step",
    "next_step_on",
    "step_mode",
    "lane",
    "priority",
    "deadline_on",
    "held_by",
    "review_on",
    "queue",
    "duties",
    "duty_lane",
    "why",
    "rules",
    "procedure_version",
)


def refresh(*, office: Office, as_of: date, ids: list[int] | None = None) -> int:
    """Rebuild the positions of some accounts, or of the whole office range by range; returns how many.

    Idempotent; one transaction per range. Called with the same ledger and day it writes the same rows.
    """
    known = rules(office, as_of)
    wanted: list[Span | list[int]] = [ids] if ids is not None else list(spans(office.pk))
    return sum(refresh_some(known, which) for which in wanted)


def refresh_some(
    known: Rules, which: Span | list[int], then: Callable[[pl.DataFrame], object] | None = None
) -> int:
    """Rebuild one set of accounts; postings that arrived meanwhile are taken in before it is over.

    then: what another room does with the facts of the accounts that owe, once their rows are stored; called
    again with those of the accounts that moved meanwhile."""
    if which == []:
        return 0
    mark = last_entry_id()
    rows, owing = _computed(read_ledger(known.office.pk, which), known)
    store.replace(rows, which, known.office.pk, timezone.now())
    if then is not None:
        then(owing)
    late = _posted_since(mark, which)
    if late:
        refresh_some(known, late, then)
    return rows.height


def _posted_since(mark: int, which: Span | list[int]) -> list[int]:
    """Accounts whose ledger grew after it was read: another import committed while we computed."""
    newer = Entry.objects.filter(pk__gt=mark)
    if isinstance(which, Span):
        newer = newer.filter(account_id__gte=which.low, account_id__lte=which.high)
        return sorted(set(newer.values_list("account_id", flat=True)))
    return sorted(set(newer.values_list("account_id", flat=True)) & set(which))


def positions(ledger: Ledger, known: Rules) -> pl.DataFrame:
    """The rows to store for the accounts of `ledger`: figures of all, decisions of those that owe."""
    return _computed(ledger, known)[0]


def _computed(ledger: Ledger, known: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(the rows to store, the facts of the accounts that owe)."""
    told = figures_of(ledger, known)
    owing = with_facts(told.filter(pl.col("overdue_cents") > 0), ledger.accounts, known)
    decided = known.book.decide(owing, known.as_of)
    more = [name for name in ("disputed_cents", "hold", "holds") if name in owing.columns]
    beside = owing.select("account_id", "actionable_cents", *more)
    rows = (
        told.join(beside, on="account_id", how="left", suffix="_asked")
        .with_columns(actionable_cents=pl.coalesce("actionable_cents_asked", "actionable_cents"))
        .join(decided.select("account_id", *_DECIDED), on="account_id", how="left")
        .join(ledger.accounts.select("account_id", "agency_id", "officer_id"), on="account_id", how="left")
    )
    return _stored_columns(rows, known.office.pk), owing


def _stored_columns(rows: pl.DataFrame, office_id: int) -> pl.DataFrame:
    if "disputed_cents" not in rows.columns:
        rows = rows.with_columns(disputed_cents=pl.lit(0, pl.Int64))
    kept = [name for name in store.columns() if name not in store.CLOCKED]
    return rows.with_columns(
        office_id=pl.lit(office_id, pl.Int64),
        holds=_holds(rows),
        priority=pl.col("priority").fill_null(0.0),
        duties=duties.as_text(),
        why=pl.col("why").fill_null(""),
        rules=pl.col("rules").fill_null(""),
        disputed_cents=pl.col("disputed_cents").fill_null(0),
    ).select(kept)


def _holds(rows: pl.DataFrame) -> pl.Expr:
    """The active holds as JSON text."""
    if "holds" in rows.columns:
        quoted = pl.col("holds").list.eval(pl.format('"{}"', pl.element())).list.join(", ")
        return pl.format("[{}]", quoted.fill_null("")).alias("holds")
    if "hold" in rows.columns:
        return pl.when(pl.col("hold").is_null()).then(pl.lit("[]")).otherwise(pl.format('["{}"]', "hold"))
    return pl.lit("[]")


def differences(office: Office, as_of: date) -> Iterator[dict[str, object]]:
    """Stored positions that the ledger does not confirm on that day; one computed for another day is one.

    Yields {"account_id", "column", "stored", "rebuilt"}; a missing or superfluous row is a difference too.
    """
    known = rules(office, as_of)
    for span in spans(office.pk):
        kept = store.stored(span, office.pk)
        ledger = read_ledger(office.pk, span)
        rebuilt = positions(ledger, known).join(kept.select("account_id"), on="account_id", how="semi")
        yield from _compare(kept, rebuilt)
        missing = ledger.accounts.join(kept, on="account_id", how="anti").get_column("account_id")
        for account_id in missing.sort().to_list():
            yield {"account_id": account_id, "column": "account_id", "stored": None, "rebuilt": account_id}


def _compare(kept: pl.DataFrame, rebuilt: pl.DataFrame) -> Iterator[dict[str, object]]:
    both = kept.join(rebuilt, on="account_id", how="full", suffix="_now", coalesce=True).sort("account_id")
    for name in kept.columns:
        if name == "account_id":
            continue
        left, right = pl.col(name), pl.col(f"{name}_now")
        if both.schema[name] == pl.String:
            # Read back, an empty text is a null; PostgreSQL writes JSON with its own spaces.
            left, right = (each.fill_null("").str.replace_all(" ", "") for each in (left, right))
        for account_id, was, now in (
            both.filter(left.ne_missing(right)).select("account_id", name, f"{name}_now").iter_rows()
        ):
            yield {"account_id": account_id, "column": name, "stored": was, "rebuilt": now}
