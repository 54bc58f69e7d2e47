"""One message per debtor a day: which accounts it carries together, and which wait for the office's gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from amiable.accounts.addressees import CURATOR, GUARDIAN, Addressing
from amiable.core.models import Office
from amiable.domain.contact.sharing import Due, share
from amiable.domain.creditors import kind
from amiable.domain.decision.guards import DISPATCH_LABELS
from amiable.domain.decision.spacing import FACT
from amiable.outreach import checks, rooms
from amiable.outreach.models import BatchLine, LineRecipient
from amiable.procedures.in_force import Book

Status: Any = BatchLine.Status
SPACED = ("spaced", DISPATCH_LABELS["spaced"])
SAME_DAY = (
    "spaced",
    "un autre message part aujourd’hui à la même personne : celui-ci attend l’écart choisi par l’office",
)


def message_of(line: BatchLine, found: Addressing, on: date) -> Hashable:
    """What lines of one message have alike: their addressees, what is claimed (never a frozen part beside a
    new one), the text and its way. Health and fines stand beside no other nature, nor what a room says of one
    account (its plan, its appointment) beside another."""
    account = line.account
    nature = kind(account.office.kind).natures.get(account.nature)
    split_on = account.split_on if account.split_on is not None and account.split_on <= on else None
    to = tuple((one.person.pk, one.is_copy) for one in found.written)
    apart = account.nature if nature is None or nature.apart else ""
    own = account.pk if rooms.tells(line.template) or rooms.tells(line.batch.template) else None
    return (line.person_id, account.person_id, to, split_on, apart, own, line.channel, line.template)


def debtors_of(line: BatchLine, found: Addressing) -> frozenset[int]:
    """Who owes and is addressed, in person or by a guardian: those the gap leaves in peace."""
    own = {one.person.pk for one in found.written if one.role not in (GUARDIAN, CURATOR)}
    return frozenset(own | {line.account.person_id})


def waiting(
    office: Office,
    lines: Sequence[BatchLine],
    addressed: Mapping[int, Addressing],
    book: Book,
    today: date,
    taken: Collection[int] = (),
) -> set[int]:
    """The accounts, of lines that could all leave, whose message is not the one their persons get today; the
    others are given the number of theirs."""
    debtors = {line.account_id: debtors_of(line, addressed[line.account_id]) for line in lines}
    count = Counter(person for persons in debtors.values() for person in persons)
    met = {person for person, times in count.items() if times > 1} | set(taken)
    several = [line for line in lines if debtors[line.account_id] & met]
    free = free_of_gap(office, several, book, today)
    due = [
        Due(
            account=line.account_id,
            persons=debtors[line.account_id],
            message=(_batch_of(line), message_of(line, addressed[line.account_id], today)),
            free=line.account_id in free,
            rank=(line.channel != "lrar", -line.amount_cents),
        )
        for line in several
    ]
    messages, waits = share(due, taken)
    first = {account: accounts[0] for accounts in messages for account in accounts}
    for line in lines:
        line.message = first.get(line.account_id, line.account_id)
    return waits


def _batch_of(line: BatchLine) -> Hashable:
    batch = line.batch
    return batch.agency_id, batch.procedure_code, batch.step


def free_of_gap(office: Office, lines: Sequence[BatchLine], book: Book, today: date) -> set[int]:
    """The accounts whose step would leave even if their persons had been addressed this very day."""
    if not lines:
        return set()
    frame = checks.facts_of(office, [line.account_id for line in lines], today)
    decided = book.decide(frame.with_columns(pl.lit(0, pl.Int64).alias(FACT)), today)
    ready = decided.filter(pl.col("next_step_on") <= today)
    asked = dict(ready.select("account_id", "next_step").iter_rows())
    return {line.account_id for line in lines if asked.get(line.account_id) == line.batch.step}


def taken_today(office: Office, today: date) -> set[int]:
    """Persons a message of today is approved for and has not left."""
    lines = BatchLine.objects.filter(batch__office=office, batch__on=today, status=Status.APPROVED)
    others = LineRecipient.objects.filter(line__in=lines, is_copy=False)
    return {*lines.values_list("account__person_id", flat=True), *others.values_list("person_id", flat=True)}
