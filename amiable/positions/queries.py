"""Questions about figures: recomputed from the ledger, nothing stored is touched."""

from __future__ import annotations

from datetime import date

import polars as pl

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.domain.decision.explanation import Explanation
from amiable.domain.settlement.figures import crossing as crossing_of
from amiable.ledger.facts import Span, read_ledger, spans
from amiable.positions.facts import Rules, facts_of, rules

CROSSING_SCHEMA: dict[str, type[pl.DataType]] = {
    "account_id": pl.Int64,
    "rule_before": pl.String,
    "rule_after": pl.String,
    "debt_cents": pl.Int64,
    "limit_on": pl.Date,
}


def crossing(*, office: Office, on: date) -> pl.DataFrame:
    """CROSSING_SCHEMA: the accounts constituted for the CAF on `on` by the change of rule alone."""
    known = rules(office, on)
    if known.parameters.caf is None:
        return pl.DataFrame(schema=dict(CROSSING_SCHEMA))
    found = [pl.DataFrame(schema=dict(CROSSING_SCHEMA))]
    for span in spans(office.pk):
        ledger = read_ledger(office.pk, span)
        found.append(crossing_of(ledger.entries, ledger.accounts, ledger.terms, on, known.parameters))
    return pl.concat(found)


def told(known: Rules, which: Span | list[int]) -> pl.DataFrame:
    """Facts and decision of each account, with the accounting age of its whole debt, and `holds`."""
    rows = facts_of(read_ledger(known.office.pk, which), known)
    return accounting(rows.join(known.book.decide(rows, known.as_of), on="account_id", how="left"))


def accounting(rows: pl.DataFrame) -> pl.DataFrame:
    """Decided rows with the oldest date and the age of the whole debt, part A included: as accounts do."""
    holds = pl.col("holds").fill_null([]) if "holds" in rows.columns else pl.lit([], pl.List(pl.String))
    return rows.with_columns(
        oldest_unpaid_on="accounting_oldest_on", age_days="accounting_age_days", holds=holds
    )


def explain(*, account: Account, as_of: date) -> tuple[dict, Explanation]:
    """(facts and decision of the account, its explanation) on `as_of`, under the law of that day."""
    known = rules(account.office, as_of)
    row = facts_of(read_ledger(account.office_id, [account.pk]), known)
    decided = row.join(known.book.decide(row, as_of), on="account_id", how="left")
    return accounting(decided).row(0, named=True), known.book.explain(row, as_of)
