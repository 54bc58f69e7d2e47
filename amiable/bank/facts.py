"""What the bank says about each account, as columns a decision may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from django.db.models import Q, QuerySet

from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.core.frames import read
from amiable.diary.done import accomplished
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.return_reasons import RECALLED
from amiable.intake.models import Import
from amiable.ledger.facts import among
from amiable.positions.registry import Scope

COLUMNS: dict[str, type[pl.DataType]] = {
    "bank_age_days": pl.Int64,
    "unmatched_credit": pl.Boolean,
    "rejected_debit_reason": pl.String,
    "rejected_debits_12m": pl.Int64,
    "rejected_debit_unanswered": pl.Boolean,
}
#: Reason of a rejected debit -> the steps that answer it, the most pressing reason first.
Answering = Mapping[str, tuple[str, ...]]
#: A returned debit whose reason no step answers asks for an action of its own while it is this recent.
RECENT_RETURN_DAYS = 45
YEAR_DAYS = 365
#: Ids asked one by one up to here; beyond, the range they span is read.
MAX_IDS = 900


def newest_bank_day(office_id: int, as_of: date) -> date | None:
    """The day up to which the bank is known: the newest statement's own date, never after its import."""
    rows = Import.objects.filter(office_id=office_id, list_kind="bank", status="committed")
    dated = rows.filter(dated_on__lte=as_of).order_by("-dated_on").values_list("dated_on", flat=True).first()
    if dated is not None:
        return dated
    undated = (
        rows.filter(dated_on=None).order_by("-committed_at").values_list("committed_at", flat=True).first()
    )
    return min(undated.date(), as_of) if undated else None


def bank(ids: list[int] | None, office_id: int, as_of: date, scope: Scope | None = None) -> pl.DataFrame:
    """account_id and COLUMNS for the accounts that have something to say; `bank_age_days` on every row asked.

    `as_of` never sees later rows.
    """
    wanted = _accounts(ids, office_id)
    newest = newest_bank_day(office_id, as_of)
    age = (as_of - newest).days if newest else None
    frame = wanted.with_columns(pl.lit(age, dtype=pl.Int64).alias("bank_age_days"))
    frame = frame.join(_unmatched(ids, office_id, as_of), on="account_id", how="left")
    answering = scope.alert_step_codes if scope is not None else {}
    frame = frame.join(_returns(ids, office_id, as_of, answering), on="account_id", how="left")
    return frame.select(
        "account_id",
        "bank_age_days",
        pl.col("unmatched_credit").fill_null(False),
        "rejected_debit_reason",
        pl.col("rejected_debits_12m").fill_null(0),
        pl.col("rejected_debit_unanswered").fill_null(False),
    )


def _accounts(ids: list[int] | None, office_id: int) -> pl.DataFrame:
    if ids is not None:
        return pl.DataFrame({"account_id": ids}, schema={"account_id": pl.Int64})
    from amiable.accounts.models import Account

    rows = list(Account.objects.filter(office_id=office_id).values_list("pk", flat=True))
    return pl.DataFrame({"account_id": rows}, schema={"account_id": pl.Int64})


def _among(ids: list[int]) -> Q:
    """These accounts, or the range they span: a large slice of the night must not read the whole office."""
    few = len(ids) <= MAX_IDS
    return Q(account_id__in=ids) if few else Q(account_id__gte=min(ids), account_id__lte=max(ids))


def _unmatched(ids: list[int] | None, office_id: int, as_of: date) -> pl.DataFrame:
    """Accounts to which money that waits could belong."""
    rows: QuerySet[MatchSuggestion] = MatchSuggestion.objects.filter(
        transaction__office_id=office_id,
        transaction__status=BankTransaction.Status.TO_MATCH,
        transaction__is_return=False,
        transaction__reversal=False,
        transaction__booked_on__lte=as_of,
    )
    if ids:
        rows = rows.filter(_among(ids))
    found = rows.values_list("account_id", flat=True).distinct()
    frame = pl.DataFrame({"account_id": list(found)}, schema={"account_id": pl.Int64})
    return frame.with_columns(pl.lit(True).alias("unmatched_credit"))


def _returns(ids: list[int] | None, office_id: int, as_of: date, answering: Answering) -> pl.DataFrame:
    """Returned debits of the last twelve months: how many, and the reason that asks for something: the most
    pressing one nobody answered, however old; else the latest one's while it is recent."""
    since = as_of - timedelta(days=YEAR_DAYS)
    own = f"account_id IN (SELECT id FROM ledger_account WHERE office_id = {int(office_id)})"
    chosen = own if ids is None else among("account_id", ids)
    # Codes written in a text the office chose: nothing else than letters and figures enters a statement.
    named = ", ".join(f"'{code}'" for code in answering if code.isascii() and code.isalnum())
    alert = f" OR reason_code IN ({named})" if named else ""
    # The kind is written out: a partial index (entry_rejet_idx) is not found behind a parameter.
    frame = read(
        {"account_id": "account_id", "document_on": "document_on", "entry_id": "id", "reason": "reason_code"},
        f"FROM ledger_entry e WHERE kind = {int(EntryKind.REJET)} AND {chosen} "
        f"AND (document_on > '{since}'{alert}) AND document_on <= '{as_of}' AND reason_code <> '{RECALLED}' "
        # A rejet taken back never was: an officer put it back, or the bank undid it.
        f"AND NOT EXISTS (SELECT 1 FROM ledger_entry u WHERE u.reverses_id = e.id "
        f"AND u.kind = {int(EntryKind.ANNULATION)} AND u.document_on <= '{as_of}')",
        {"account_id": pl.Int64, "document_on": pl.Date, "entry_id": pl.Int64, "reason": pl.String},
    )
    told = _alerts(frame, answering, as_of)
    recent = (pl.col("document_on") >= as_of - timedelta(days=RECENT_RETURN_DAYS)) & ~pl.col("answered")
    unanswered = pl.col("alert") & ~pl.col("answered")
    pressing = pl.col("reason").filter(unanswered).sort_by(pl.col("rank").filter(unanswered)).first()
    return (
        told.sort("account_id", "document_on", "entry_id")
        .group_by("account_id", maintain_order=True)
        .agg(
            (pl.col("document_on") > since).sum().cast(pl.Int64).alias("rejected_debits_12m"),
            pl.coalesce(pressing, pl.col("reason").fill_null("inconnu").filter(recent).last()).alias(
                "rejected_debit_reason"
            ),
            unanswered.any().alias("rejected_debit_unanswered"),
        )
    )


def _alerts(frame: pl.DataFrame, answering: Answering, as_of: date) -> pl.DataFrame:
    """Each rejet with `alert` (a step answers its reason), its `rank`, and whether it was `answered`: a line
    of one of these steps stands in the diary, of its day or later."""
    ranks = {reason: rank for rank, reason in enumerate(answering)}
    rank = pl.col("reason").replace_strict(ranks, default=None, return_dtype=pl.Int64)
    told = frame.with_columns(rank=rank, alert=pl.col("reason").is_in(list(ranks)).fill_null(False))
    codes = sorted({code for steps in answering.values() for code in steps})
    accounts = told.filter("alert").get_column("account_id").unique().to_list()
    rows = (
        accomplished(as_of)
        .filter(step__in=codes, account_id__in=accounts)
        .values_list("account_id", "step", "on")
        if accounts
        else ()
    )
    acts = pl.DataFrame(
        list(rows), schema={"account_id": pl.Int64, "step": pl.String, "on": pl.Date}, orient="row"
    )
    which = pl.DataFrame(
        [(reason, step) for reason, steps in answering.items() for step in steps],
        schema={"reason": pl.String, "step": pl.String},
        orient="row",
    )
    last = acts.join(which, on="step").group_by("account_id", "reason").agg(pl.col("on").max())
    answered = (pl.col("on") >= pl.col("document_on")).fill_null(False).alias("answered")
    return told.join(last, on=["account_id", "reason"], how="left").with_columns(answered)
