"""When a contact step last reached those who owe an account, by whichever of their accounts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Q

from amiable.accounts.addressees import CO_DEBTORS
from amiable.accounts.models import AccountParty
from amiable.core.frames import read
from amiable.diary.done import accomplished
from amiable.diary.facts import of_accounts
from amiable.diary.models import DiaryEntry
from amiable.ledger.facts import among as among_ids
from amiable.positions.registry import Scope

Kind: Any = DiaryEntry.Kind
Outcome: Any = DiaryEntry.Outcome
COLUMNS: dict[str, Any] = {"days_since_person_contact": pl.Int64}
#: Lines of a step that disturbed nobody.
_NOT_DONE = (Kind.STEP_SKIPPED, Kind.NOTIFIED)
_UNHEARD = (Outcome.NO_ANSWER, Outcome.WRONG_NUMBER, Outcome.THIRD_PARTY)
#: More ids than this are read as a range.
_FEW = 500
_OWES = {"account_id": pl.Int64, "person_id": pl.Int64}


def provide(ids: list[int] | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """One row per account of somebody addressed within the gap. Three queries: recent lines are few.

    The holder, a co-holder, a spouse: a message about the account addresses them all, so it waits for all."""
    owing = _owing(ids, office_id)
    recent = _recent(owing if ids is not None and len(ids) <= _FEW else None, office_id, as_of, scope)
    return (
        owing.join(recent, on="person_id", how="inner")
        .group_by("account_id")
        .agg((pl.lit(as_of) - pl.col("on").max()).dt.total_days().alias("days_since_person_contact"))
    )


def _owing(ids: list[int] | None, office_id: int) -> pl.DataFrame:
    """Who owes each account."""
    among = "" if ids is None else f" AND {among_ids('id', ids)}"
    columns = {"account_id": "id", "person_id": "person_id"}
    holders = read(columns, f"FROM ledger_account WHERE office_id = {int(office_id)}{among}", _OWES)
    others = AccountParty.objects.filter(role__in=CO_DEBTORS)
    parties = of_accounts(others, ids, {"account__office_id": office_id})
    tied = pl.DataFrame(list(parties.values_list("account_id", "person_id")), schema=_OWES, orient="row")
    return pl.concat([holders, tied])


def _recent(owing: pl.DataFrame | None, office_id: int, as_of: date, scope: Scope) -> pl.DataFrame:
    """The persons addressed within the gap and when: whoever got the message, and the holder it was about."""
    since = as_of - timedelta(days=scope.contact_gap_days)
    lines = accomplished(as_of).filter(office_id=office_id, step__in=scope.contact_step_codes, on__gt=since)
    lines = lines.exclude(kind__in=_NOT_DONE).exclude(outcome__in=_UNHEARD)
    if owing is not None:
        persons = owing.get_column("person_id").unique().to_list()
        lines = lines.filter(Q(person_id__in=persons) | Q(account__person_id__in=persons))
    pairs = lines.values_list("account__person_id", "person_id", "on")
    rows = [(person, on) for holder, other, on in pairs for person in {holder, other} - {None}]
    return pl.DataFrame(rows, schema={"person_id": pl.Int64, "on": pl.Date}, orient="row")
