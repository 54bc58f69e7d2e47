"""The position of every account on a day: balance, ages, CAF dates, habit. One row per account, in one pass.

Balances need one grouping of all rows; only accounts that owe something (or have a part A) need their items,
and only those with aid need their history: that order is what makes the night short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from amiable.domain import law
from amiable.domain.settlement import caf
from amiable.domain.settlement.ageing import ageing
from amiable.domain.settlement.aid import TERMS, AidPolicy, pending_aid_events, with_terms
from amiable.domain.settlement.aid_gap import aid_gaps
from amiable.domain.settlement.allocation import settle_items
from amiable.domain.settlement.claimed import claimed_since
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.freeze import dates_of
from amiable.domain.settlement.habit import HabitPolicy, habits
from amiable.domain.settlement.history import debt_history
from amiable.domain.settlement.postings import (
    AID,
    HOUSING_KINDS,
    TARGETED,
    Postings,
    annul,
    known_on,
    never_rejected,
    postings,
    rejections,
)
from amiable.domain.settlement.prescription import NatureRule, with_prescription

ACCOUNTS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "account_id": pl.Int64,
    "status": pl.String,
    "left_on": pl.Date,
    "split_on": pl.Date,
    "split_ends_on": pl.Date,
    "nature": pl.String,
}
#: What the engine answers, in this order, after account_id.
FIGURES: dict[str, pl.DataType | type[pl.DataType]] = {
    "as_of": pl.Date,
    "balance_cents": pl.Int64,
    "overdue_cents": pl.Int64,
    "frozen_cents": pl.Int64,
    "prescribed_cents": pl.Int64,
    "subrogated_cents": pl.Int64,
    "due_0_30_cents": pl.Int64,
    "due_31_60_cents": pl.Int64,
    "due_61_90_cents": pl.Int64,
    "due_over_90_cents": pl.Int64,
    "oldest_unpaid_on": pl.Date,
    "oldest_active_on": pl.Date,
    "claimed_since_on": pl.Date,
    "age_days": pl.Int64,
    "unallocated_cents": pl.Int64,
    "unpaid_terms": pl.Int64,
    "months_of_rent": pl.Float64,
    "pending_aid_cents": pl.Int64,
    "aid_change": pl.String,
    "aid_gap_cents": pl.Int64,
    "actionable_cents": pl.Int64,
    "caf_debt_cents": pl.Int64,
    "caf_constituted_on": pl.Date,
    "caf_rule": pl.String,
    "caf_limit_on": pl.Date,
    "first_default_on": pl.Date,
    "usual_payment_day": pl.Int64,
    "payment_regularity": pl.Float64,
    "steady_payer": pl.Boolean,
    "expected_payment_on": pl.Date,
    "last_payment_on": pl.Date,
    "last_payment_cents": pl.Int64,
    "prescribes_on": pl.Date,
    "prescribed_on": pl.Date,
    "rent_cents": pl.Int64,
    "charges_cents": pl.Int64,
    "aid_cents": pl.Int64,
    "third_party": pl.Boolean,
}
_CAF_COLUMNS = ("first_default_on", "caf_constituted_on", "caf_rule", "caf_limit_on")
#: Above any amount of one payment, so that a day and an amount fit in one sortable integer.
_PACKED = 1 << 40
_COUNTED = [
    name for name in FIGURES if name.endswith("_cents") and name not in ("last_payment_cents", *TERMS)
]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The law and the office's policy the figures hang on; dated values come from the law pack."""

    caf: caf.CafLaw | None = None
    aid: AidPolicy = AidPolicy()
    habit: HabitPolicy = HabitPolicy()
    natures: Mapping[str, NatureRule] = field(default_factory=dict)
    overrides: law.Overrides | None = None


@dataclass(frozen=True, slots=True)
class _Clock:
    """What prescribes an item, and what interrupted it (account_id, on)."""

    natures: Mapping[str, NatureRule]
    interruptions: pl.DataFrame | None = None

    def read(self, unpaid: pl.DataFrame, accounts: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """`unpaid` items with the last day to act on each, as known on `as_of`."""
        known = None if self.interruptions is None else self.interruptions.filter(pl.col("on") <= as_of)
        mine = unpaid.join(accounts.select("account_id", "nature"), on="account_id", how="inner")
        return with_prescription(mine, self.natures, known)


@dataclass(frozen=True, slots=True)
class _Owing:
    """The accounts whose items matter: settled, with the dates and terms the later steps share."""

    dates: pl.DataFrame
    clean: Postings
    items: pl.DataFrame
    ages: pl.DataFrame


def figures(
    entries: pl.DataFrame,
    accounts: pl.DataFrame,
    terms: pl.DataFrame,
    as_of: date,
    parameters: Parameters,
    interruptions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """account_id and FIGURES for every row of `accounts`, on `as_of`, whatever the ledger holds after it.

    Frames: entries (ENTRY_SCHEMA), accounts (ACCOUNTS_SCHEMA), terms (TERMS_SCHEMA), interruptions
    (account_id, on). Money in cents; accounting figures come whole, aid and part A are told beside them.
    unpaid_terms and months_of_rent, on which a chase is decided, leave part A and what is prescribed out.
    """
    rows = annul(known_on(entries, as_of))
    totals = _totals(rows, as_of)
    owing = _owing(rows, totals, accounts, as_of, _Clock(parameters.natures, interruptions))
    told = with_terms(accounts.select("account_id", as_of=pl.lit(as_of)), terms, "as_of").lazy()
    for part in (totals, owing.ages, _pending(owing, terms, parameters.aid), _open(owing)):
        told = told.join(part.lazy(), on="account_id", how="left")
    nil = pl.col("overdue_cents", "frozen_cents", "prescribed_cents", "fees_cents", "pending_cents")
    result = _derived(told.with_columns(nil.fill_null(0)), as_of).collect()
    for more in (
        claimed_since(owing.clean, owing.dates, owing.ages),
        _habits(result, owing, as_of, parameters.habit),
        _aid_gaps(result, owing, terms, parameters.aid),
        _caf_columns(result, owing, accounts, terms, parameters),
    ):
        result = result.join(more, on="account_id", how="left")
    return _shaped(result)


def crossing(
    entries: pl.DataFrame, accounts: pl.DataFrame, terms: pl.DataFrame, on: date, parameters: Parameters
) -> pl.DataFrame:
    """account_id, rule_before, rule_after, debt_cents, limit_on: constituted on `on` by the new rule only."""
    told = figures(entries, accounts, terms, on, parameters)
    told = told.filter(pl.col("caf_constituted_on") == on)
    rows = annul(known_on(entries, on)).join(told, on="account_id", how="semi")
    mine = accounts.join(told, on="account_id", how="semi")
    owing = _owing(rows, _totals(rows, on), mine, on, _Clock(parameters.natures))
    rules = parameters.caf or caf.CafLaw(())
    spell = _spell(told, owing, terms, parameters.aid, rules)
    found = caf.crossing(spell, told.select("account_id", "caf_constituted_on", "caf_rule"), terms, rules, on)
    return found.join(told.select("account_id", limit_on="caf_limit_on"), on="account_id", how="left")


def _totals(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """account_id, balance_cents, future_cents (debits not due yet), subrogated_cents (what guarantors paid,
    owed to them, AL-05), last_payment_on, last_payment_cents.

    One grouping of every row: the last receipt is the greatest of (day, amount) packed in one integer.
    """
    own_day = pl.col("kind").is_in([int(EntryKind.REJET), int(EntryKind.ANNULATION)])
    amount = pl.col("amount_cents")
    future = (amount > 0) & (pl.col("due_on") > as_of).fill_null(False) & ~own_day
    kept = -amount - _returned(rows)
    paid = (pl.col("kind") == EntryKind.ENCAISSEMENT) & (kept > 0)
    packed = pl.col("document_on").to_physical().cast(pl.Int64) * _PACKED + kept
    last = pl.col("last")
    return (
        rows.lazy()
        .select(
            "account_id",
            amount,
            future=pl.when(future).then(amount),
            subrogated_cents=pl.when(pl.col("kind") == EntryKind.SUBROGATION).then(-amount),
            last=pl.when(paid).then(packed),
        )
        .group_by("account_id")
        .agg(amount.sum(), pl.col("future", "subrogated_cents").sum(), last.max())
        .select(
            "account_id",
            "subrogated_cents",
            balance_cents=amount,
            future_cents="future",
            last_payment_on=(last // _PACKED).cast(pl.Int32).cast(pl.Date),
            last_payment_cents=last % _PACKED,
        )
        .collect()
    )


def _returned(rows: pl.DataFrame) -> pl.Expr:
    """For each row, how much of it was taken back later (a rejected payment), in cents."""
    undos, _ = rejections(rows)
    if undos.is_empty():
        return pl.lit(0, pl.Int64)
    back = undos.group_by("credit_id").agg(pl.col("amount_cents").sum())
    return pl.col("entry_id").replace_strict(
        back.get_column("credit_id"), back.get_column("amount_cents"), default=0, return_dtype=pl.Int64
    )


def _owing(
    rows: pl.DataFrame, totals: pl.DataFrame, accounts: pl.DataFrame, as_of: date, clock: _Clock
) -> _Owing:
    """Settle the accounts that owe, those with a part A or items settled by name, and those whose aid is kept
    for a term to come."""
    owes = totals.filter(pl.col("balance_cents") > pl.col("future_cents")).select("account_id")
    split = accounts.filter(pl.col("split_on") <= as_of).select("account_id")
    named = rows.filter(pl.col("kind").is_in(TARGETED)).select("account_id")
    chosen = pl.concat([owes, split, named, _with_kept_aid(rows, totals, as_of)]).unique()
    dates = dates_of(accounts.join(chosen, on="account_id", how="semi").with_columns(as_of=pl.lit(as_of)))
    found = postings(rows.join(dates, on="account_id", how="semi"))
    items = settle_items(found, dates)
    unpaid = clock.read(items.filter(pl.col("is_due") & (pl.col("rest_cents") > 0)), accounts, as_of)
    return _Owing(dates, never_rejected(found), items, ageing(unpaid, as_of))


def _with_kept_aid(rows: pl.DataFrame, totals: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Accounts with aid for a month of which a term is not due yet: a nil balance may hide an unpaid term."""
    someone = totals.filter(pl.col("future_cents") != 0).select("account_id")
    if someone.is_empty():
        return someone
    aid = rows.filter(pl.col("kind").is_in(AID) & pl.col("period").is_not_null()).join(
        someone, on="account_id", how="semi"
    )
    month = pl.coalesce("period", "due_on").dt.truncate("1mo")
    to_come = rows.filter(pl.col("kind").is_in(HOUSING_KINDS) & (pl.col("due_on") > as_of))
    to_come = to_come.select("account_id", month=month)
    aid = aid.select("account_id", month=pl.col("period").dt.truncate("1mo"))
    return aid.join(to_come, on=["account_id", "month"], how="semi").select("account_id").unique()


def _pending(owing: _Owing, terms: pl.DataFrame, policy: AidPolicy) -> pl.DataFrame:
    """account_id, pending_cents: the aid still expected on `as_of`, before it is held to the debt."""
    events = pending_aid_events(owing.clean, owing.dates, terms, policy, open_only=True)
    known = events.join(owing.dates, on="account_id", how="inner").filter(pl.col("on") <= pl.col("as_of"))
    return known.group_by("account_id").agg(pl.col("pending_delta").sum().alias("pending_cents"))


def _open(owing: _Owing) -> pl.DataFrame:
    """account_id, open_cents: all that is unpaid, due or not, of the settled accounts."""
    still = owing.items.group_by("account_id").agg(pl.col("rest_cents").sum().alias("open_cents"))
    return owing.dates.select("account_id").join(still, on="account_id", how="left").fill_null(0)


def _derived(rows: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The figures that follow from those of the same row."""
    overdue = pl.col("overdue_cents")
    base = pl.col("rent_cents") + pl.col("charges_cents") - caf.third_party_aid()
    # What is unpaid less what is held is the balance: the credits held follow.
    unused = (pl.coalesce("open_cents", "future_cents") - pl.col("balance_cents")).clip(0)
    rows = rows.with_columns(
        as_of=pl.lit(as_of),
        unallocated_cents=unused,
        pending_aid_cents=pl.min_horizontal("pending_cents", overdue),
        age_days=(pl.lit(as_of) - pl.col("oldest_unpaid_on")).dt.total_days(),
        months_of_rent=pl.when(base > 0).then(((overdue - _set_apart()) / base).round(2)),
    )
    pending = pl.col("pending_aid_cents")
    return rows.with_columns(
        actionable_cents=(overdue - _set_apart() - pending).clip(0),
        caf_debt_cents=(overdue - pl.col("fees_cents") - pending).clip(0),
    )


def _set_apart() -> pl.Expr:
    """What is owed and may be asked of nobody: part A, and what is prescribed."""
    return pl.col("frozen_cents") + pl.col("prescribed_cents")


def _habits(rows: pl.DataFrame, owing: _Owing, as_of: date, policy: HabitPolicy) -> pl.DataFrame:
    """The payment habit, of those from whom something is to be claimed: the others are not decided on."""
    asked = rows.filter(pl.col("actionable_cents") > 0).select("account_id")
    return habits(_only(owing.clean, asked), as_of, policy)


def _aid_gaps(rows: pl.DataFrame, owing: _Owing, terms: pl.DataFrame, policy: AidPolicy) -> pl.DataFrame:
    """Aid suspended or taken back, of those from whom something is to be claimed."""
    asked = rows.filter(pl.col("actionable_cents") > 0).select("account_id", "as_of")
    return aid_gaps(_only(owing.clean, asked), owing.items, asked, terms, policy)


def _only(found: Postings, accounts: pl.DataFrame) -> Postings:
    items, credits = (
        each.join(accounts, on="account_id", how="semi") for each in (found.items, found.credits)
    )
    return Postings(items, credits, found.undos.clear())


def _spell(
    told: pl.DataFrame, owing: _Owing, terms: pl.DataFrame, policy: AidPolicy, rules: caf.CafLaw
) -> pl.DataFrame:
    """The current CAF spell of the accounts of `told`, day by day."""
    dates = owing.dates.join(told.select("account_id"), on="account_id", how="semi")
    found = _only(owing.clean, dates)
    mine = terms.join(dates, on="account_id", how="semi")
    pending = pending_aid_events(found, dates, mine, policy)
    return caf.spells(debt_history(found, dates, pending, caf.extra_days(dates, mine, rules)))


def _caf_columns(
    rows: pl.DataFrame, owing: _Owing, accounts: pl.DataFrame, terms: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """account_id and the CAF columns, of the accounts with aid that owe something in the CAF's sense."""
    empty = pl.DataFrame(
        schema={
            "account_id": pl.Int64,
            "spell_debt_cents": pl.Int64,
            **{name: FIGURES[name] for name in FIGURES if name in _CAF_COLUMNS},
        }
    )
    # Fees are left to the history: what a returned payment had paid may be fees today, rent as told there.
    owed = pl.col("overdue_cents") > pl.col("pending_aid_cents")
    told = rows.filter((pl.col("aid_cents") > 0) & owed).select("account_id", "as_of")
    if parameters.caf is None or told.is_empty():
        return empty
    spell = _spell(told, owing, terms, parameters.aid, parameters.caf)
    departed = accounts.join(told, on="account_id", how="inner").select(
        "account_id",
        is_departed=(pl.col("status") == "parti") & (pl.col("left_on") <= pl.col("as_of")).fill_null(True),
    )
    found = caf.constitution(spell, terms, parameters.caf)
    found = caf.with_limit(found, departed, parameters.overrides).drop("third_party")
    # Read on the same history as the spell: a returned payment may leave fees, or rent, unpaid in its stead.
    latest = spell.filter(pl.col("until") > pl.col("as_of")).select(
        "account_id", "debt_cents", "first_default_on"
    )
    return (
        told.select("account_id")
        .join(latest, on="account_id", how="left")
        .join(found, on="account_id", how="left")
        .with_columns(spell_debt_cents=pl.col("debt_cents").fill_null(0))
        .select(empty.columns)
    )


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """FIGURES in their order and types; an account without rows owes nothing."""
    nil = [*_COUNTED, "unpaid_terms"]
    return (
        rows.with_columns(caf_debt_cents=pl.coalesce("spell_debt_cents", "caf_debt_cents"))
        .with_columns(pl.col(nil).fill_null(0), pl.col("steady_payer", "third_party").fill_null(False))
        .select("account_id", *(pl.col(name).cast(dtype) for name, dtype in FIGURES.items()))
    )
