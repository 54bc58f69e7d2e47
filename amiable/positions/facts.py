"""The decision frame: one extraction, then pure Polars. One account is a frame of one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.core.law_overrides import in_force
from amiable.core.models import Office
from amiable.domain.creditors import kind
from amiable.domain.decision import facts as vocabulary
from amiable.domain.settlement.aid import AidPolicy
from amiable.domain.settlement.caf import caf_law
from amiable.domain.settlement.figures import Parameters, figures
from amiable.domain.settlement.habit import HabitPolicy
from amiable.ledger.facts import Ledger, Span, read_ledger, spans
from amiable.positions.account_facts import account_facts
from amiable.positions.person_credit import person_credit
from amiable.positions.registry import Registered, Scope, interruptions, registered
from amiable.procedures.in_force import Book, load_book

#: Which accounts: some ids, a range of ids, or None for the whole office.
Which = list[int] | Span | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What an office's figures and decisions hang on, on one day: its book, its law, its policy."""

    office: Office
    as_of: date
    book: Book
    parameters: Parameters


def rules(office: Office, as_of: date) -> Rules:
    """The office's rules on a day. A few queries."""
    book, own = load_book(office, as_of), kind(office.kind)
    overrides, default = in_force(office), HabitPolicy()
    policy = book.policy
    parameters = Parameters(
        caf=caf_law(overrides) if own.caf else None,
        aid=AidPolicy(
            int(policy.get("aid_payment_day", AidPolicy().payment_day)),
            int(policy.get("aid_tolerance_days", AidPolicy().tolerance_days)),
            int(policy.get("aid_suspension_months", AidPolicy().suspension_months)),
        ),
        habit=HabitPolicy(
            tolerance_days=int(policy.get("steady_tolerance_days", default.tolerance_days)),
            min_months=int(policy.get("steady_min_months", default.min_months)),
            min_share=float(policy.get("steady_min_percent", default.min_share * 100)) / 100,
        ),
        natures=own.natures,
        overrides=overrides,
    )
    return Rules(office, as_of, book, parameters)


def frame(*, office: Office, as_of: date, ids: Which = None, known: Rules | None = None) -> pl.DataFrame:
    """Every fact of the accounts asked, whether they owe or not: account_id, the figures, and the providers'.

    Recomputed from the ledger as it stood on `as_of` by document date; nothing stored is read or written.
    """
    known = known or rules(office, as_of)
    if ids is not None:
        return facts_of(read_ledger(office.pk, ids), known)
    parts = [facts_of(read_ledger(office.pk, span), known) for span in spans(office.pk)]
    return pl.concat(parts) if parts else facts_of(read_ledger(office.pk, []), known)


def facts_of(ledger: Ledger, known: Rules) -> pl.DataFrame:
    """The facts of every account of `ledger`."""
    return with_facts(figures_of(ledger, known), ledger.accounts, known)


def figures_of(ledger: Ledger, known: Rules) -> pl.DataFrame:
    """The figures of every account of `ledger`, with what interrupted its prescription."""
    interrupted = interruptions(
        ledger.accounts.get_column("account_id").to_list(),
        known.office.pk,
        known.as_of,
        tuple(known.book.interrupting_step_codes),
    )
    return figures(ledger.entries, ledger.accounts, ledger.terms, known.as_of, known.parameters, interrupted)


def with_facts(told: pl.DataFrame, accounts: pl.DataFrame, known: Rules) -> pl.DataFrame:
    """`told` (figures of some accounts) with the account's own facts and those of the rooms above."""
    office_id, as_of = known.office.pk, known.as_of
    mine = accounts.join(told.select("account_id"), on="account_id", how="semi")
    rows = told.join(account_facts(mine, office_id, as_of), on="account_id", how="left")
    rows = rows.join(person_credit(mine, office_id, as_of), on="account_id", how="left").with_columns(
        pl.col("person_credit_cents").fill_null(0)
    )
    scope = Scope(
        figures=told,
        step_codes=tuple(known.book.step_codes),
        caf_step_codes=tuple(known.book.caf_step_codes),
        aid=known.parameters.aid,
        awaited_step_codes=tuple(known.book.awaited_step_codes),
        alert_step_codes=known.book.alert_step_codes,
        contact_step_codes=tuple(known.book.contact_step_codes),
        contact_gap_days=int(known.book.policy["contact_gap_days"]),
    )
    ids = told.get_column("account_id").to_list()
    for each in registered():
        given = each.provider(ids, office_id, as_of, scope)
        rows = rows.join(given, on="account_id", how="left").with_columns(_nothing(each))
    return _for_decisions(rows)


def _nothing(each: Registered) -> list[pl.Expr]:
    """An account a provider says nothing of has no promise, no failed contact, nothing disputed.

    A fact with words of its own for the unknown stays unknown: no interview is not « nothing can be paid ».
    """
    known = [vocabulary.get(name) for name in each.columns if name in vocabulary.FACTS]
    units = {fact.name: fact.unit for fact in known if not fact.none_fr}
    flags = [pl.col(name).fill_null(False) for name, unit in units.items() if unit == "bool"]
    return flags + [pl.col(name).fill_null(0) for name, unit in units.items() if unit in ("count", "cents")]


def _for_decisions(rows: pl.DataFrame) -> pl.DataFrame:
    """What decisions look at: nothing disputed is asked; what may not be asked gives the debt no age."""
    columns = rows.columns
    if "disputed_cents" in columns:
        asked = (pl.col("actionable_cents") - pl.col("disputed_cents").fill_null(0)).clip(0)
        rows = rows.with_columns(actionable_cents=asked)
    split = (pl.col("frozen_cents") > 0) | (pl.col("prescribed_cents") > 0)
    return rows.with_columns(
        accounting_oldest_on="oldest_unpaid_on",
        oldest_unpaid_on=pl.when(split).then("oldest_active_on").otherwise("oldest_unpaid_on"),
        accounting_age_days="age_days",
        age_days=pl.when(split)
        .then((pl.col("as_of") - pl.col("oldest_active_on")).dt.total_days())
        .otherwise("age_days"),
    )
