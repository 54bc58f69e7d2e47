"""What the guarantees of Action Logement tell decisions: the contract, since when it may be called."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from amiable.core.law_overrides import in_force
from amiable.core.models import Office
from amiable.diary.facts import of_accounts
from amiable.domain.cases.guarantee import VISALE, Unpaid, constituted, terms_to_call, threshold
from amiable.domain.law.calendar import add_months
from amiable.domain.settlement import caf
from amiable.domain.settlement.aid import pending_aid_events
from amiable.domain.settlement.allocation import settle_items
from amiable.domain.settlement.freeze import dates_of
from amiable.domain.settlement.history import debt_history
from amiable.domain.settlement.postings import known_on, never_rejected, postings
from amiable.guarantees.action_logement.contracts import standing
from amiable.guarantees.action_logement.reading import called_until, covered, terms_paid
from amiable.guarantees.models import Guarantee
from amiable.ledger.facts import read_ledger
from amiable.ledger.frozen_parts import PartItem
from amiable.positions.registry import Scope

COLUMNS: dict[str, Any] = {
    "guarantee": pl.String,
    "guarantee_constituted_on": pl.Date,
    "guarantee_call_on": pl.Date,
    "guarantee_called": pl.Boolean,
    "guarantee_left": pl.Int64,
}
_SCHEMA = {"account_id": pl.Int64, **COLUMNS}


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account with a contract: COLUMNS. One query for the accounts that have none; few have one,
    so that each is then told by itself."""
    rows = of_accounts(standing(as_of), ids, {"account__office_id": office_id})
    contracts: dict[int, Guarantee] = {}
    for contract in rows.order_by("starts_on", "pk"):
        contracts[contract.account_id] = contract
    if not contracts:
        return pl.DataFrame(schema=_SCHEMA)
    owing = scope.figures.filter((pl.col("overdue_cents") > 0) & pl.col("account_id").is_in(list(contracts)))
    since, items = _spells(owing, office_id, as_of, scope)
    called, paid = called_until(contracts, as_of), terms_paid(contracts, as_of)
    told = []
    for pk, contract in contracts.items():
        first_on, constituted_on = since.get(pk, (None, None))
        constituted_on = constituted_on if contract.scheme == VISALE else None
        left = max(0, contract.instalments - paid.get(pk, 0))
        until = called.get(pk)
        is_called = until is not None and first_on is not None and until >= first_on
        terms = terms_to_call(covered(contract, items.get(pk, ())), after=until, until=as_of, left=left)
        call_on = None
        if terms and is_called:
            # The next terms are called once their month is over: one call a month.
            month_over = add_months(terms[0].month, 1)
            call_on = month_over if month_over <= as_of else None
        elif terms:
            call_on = constituted_on
        told.append((pk, contract.scheme, constituted_on, call_on, is_called, left))
    return pl.DataFrame(told, schema=_SCHEMA, orient="row")


def _spells(
    owing: pl.DataFrame, office_id: int, as_of: date, scope: Scope
) -> tuple[dict[int, tuple[date, date | None]], dict[int, list[Unpaid]]]:
    """{account: (since when it owes, the day the impayé was constituted)}, {account: its unpaid items}."""
    if owing.is_empty():
        return {}, {}
    ledger = read_ledger(office_id, owing.get_column("account_id").to_list())
    dates = dates_of(ledger.accounts.with_columns(as_of=pl.lit(as_of)))
    found = postings(known_on(ledger.entries, as_of))
    clean = never_rejected(found)
    pending = pending_aid_events(clean, dates, ledger.terms, scope.aid)
    days = caf.extra_days(dates, ledger.terms, caf.CafLaw(()))
    spell = caf.spells(debt_history(clean, dates, pending, days)).filter(pl.col("debt_cents") > 0)
    limit = threshold(as_of, in_force(Office.objects.get(pk=office_id)))
    first = spell.select("account_id", "first_default_on").unique()
    since = first.join(constituted(spell, ledger.terms, limit), on="account_id", how="left")
    rows = settle_items(found, dates).filter(pl.col("is_due") & (pl.col("rest_cents") > 0))
    items: dict[int, list[Unpaid]] = {}
    for row in rows.iter_rows(named=True):
        told = {name: row[name] for name in PartItem.__slots__ if name != "charges_cents"}
        items.setdefault(row["account_id"], []).append(PartItem(**told, charges_cents=0))
    return {pk: (first_on, on) for pk, first_on, on in since.iter_rows()}, items
