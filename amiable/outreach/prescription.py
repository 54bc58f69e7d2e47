"""The life of a debt: until when it may be claimed, and what each act changed to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from amiable.accounts.models import Account
from amiable.diary.done import standing
from amiable.diary.writing import Kind
from amiable.domain.creditors import kind
from amiable.domain.settlement.prescription import with_prescription
from amiable.outreach.statement import Item, owed_items
from amiable.positions import registry
from amiable.procedures.in_force import load_book

#: Nothing is owed; everything may be claimed; a part may not any more; nothing may.
NOTHING, RUNNING, PARTLY, PRESCRIBED = "nothing", "running", "partly_prescribed", "prescribed"
#: What an act did: began the period again for something owed, or nothing, because it came too late.
INTERRUPTS, NO_EFFECT = "interrupts", "none"


@dataclass(frozen=True)
class Act:
    """An act that interrupts by law, and what it did to what is owed today."""

    on: date
    rule: str
    effect: str


@dataclass(frozen=True)
class Life:
    """ends_on: the next last day to act; the last one there was when nothing may be claimed any more."""

    state: str
    ends_on: date | None
    acts: tuple[Act, ...]


def life(account: Account, as_of: date) -> Life:
    """What is known on that day. A few queries."""
    items = owed_items([account], as_of)[account.pk]
    acts = _acts(account, items, as_of)
    open_items = [item for item in items if not item.is_prescribed]
    days = [item.prescribes_on for item in open_items or items if item.prescribes_on is not None]
    if not items:
        state = NOTHING
    elif not open_items:
        state = PRESCRIBED
    else:
        state = RUNNING if len(open_items) == len(items) else PARTLY
    ends_on = (min(days) if open_items else max(days)) if days else None
    return Life(state, ends_on, acts)


def _acts(account: Account, items: list[Item], as_of: date) -> tuple[Act, ...]:
    codes = tuple(load_book(account.office, as_of).interrupting_step_codes)
    told = registry.interruptions([account.pk], account.office_id, as_of, codes)
    days = told.get_column("on").unique().sort().to_list()
    noted = standing(as_of).filter(account=account, kind=Kind.INTERRUPTION)
    by_hand = set(noted.values_list("on", flat=True))
    ends = [_ends(account, items, days[:count]) for count in range(len(days) + 1)]
    return tuple(
        Act(
            on=day,
            # A step of the procedure interrupts by itself only as the accountant's mise en demeure does.
            rule="TIME-02" if day in by_hand else "PUB-07",
            effect=INTERRUPTS if ends[place] != ends[place + 1] else NO_EFFECT,
        )
        for place, day in enumerate(days)
    )


def _ends(account: Account, items: list[Item], days: list[date]) -> list[date | None]:
    """The last day of each item after the acts of those days alone."""
    schema = {"account_id": pl.Int64, "nature": pl.String, "due_on": pl.Date, "document_on": pl.Date}
    rows = [(number, account.nature, item.due_on, item.document_on) for number, item in enumerate(items)]
    acts = [(number, day) for number in range(len(items)) for day in days]
    told = with_prescription(
        pl.DataFrame(rows, schema=schema, orient="row"),
        kind(account.office.kind).natures,
        pl.DataFrame(acts, schema={"account_id": pl.Int64, "on": pl.Date}, orient="row"),
    )
    return told.sort("account_id").get_column("prescribes_on").to_list()
