"""The call panel of one account: numbers and their best hour, who may be spoken to, what to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from amiable.accounts.addressees import THIRD_PARTY_FR, Speaking, may_speak_with
from amiable.accounts.models import Account
from amiable.core.access import may as has
from amiable.core.clock import PARIS
from amiable.core.models import User
from amiable.diary.doings import FAILED, REACHED
from amiable.diary.models import Callback, DiaryEntry, Promise
from amiable.domain.contact.call_script import BestTime, Change, Owed, Script, best_time, script
from amiable.domain.creditors import kind
from amiable.domain.settlement.entry_kinds import AID_KINDS, EntryKind
from amiable.ledger.models import Entry
from amiable.parties import restrictions
from amiable.parties.models import ContactPoint, PersonFlag
from amiable.procedures.in_force import policy_of

Kind: Any = DiaryEntry.Kind
#: Older facts say little of today; the first conversation looks this far back too.
_LOOK_BACK = timedelta(days=120)
#: Calls looked at for the hour at which somebody answers.
_CALLS_READ = 60
_TOLD = {
    Kind.PROMISE_KEPT: "promise_kept",
    Kind.PROMISE_BROKEN: "promise_broken",
    Kind.EMAIL: "letter",
    Kind.SMS: "letter",
    Kind.LETTER: "letter",
    Kind.LRAR: "letter",
    Kind.CONTACT_PROBLEM: "returned",
}


@dataclass(frozen=True)
class Number:
    """One number to dial: whose, and when it usually answers."""

    point: ContactPoint
    name: str
    role_fr: str
    best: BestTime | None


@dataclass(frozen=True)
class CallSheet:
    """What the panel shows. people: who may be spoken to; others: tied to the account, and may not be.

    may_call: false when the file is restricted and the user is no head."""

    numbers: list[Number]
    people: list[Speaking]
    others: list[Speaking]
    flags: list[PersonFlag]
    may_call: bool
    failures: int
    most_failures: int
    callback: Callback | None
    script: Script


def sheet(account: Account, user: User, today: date) -> CallSheet:
    """The panel's facts, in a number of queries that does not depend on the account."""
    tied = may_speak_with(account, today)
    people = [one for one in tied if one.may]
    calls = list(_calls(account, today))
    flags = restrictions.flags_of([account.person_id], today).get(account.person_id, [])
    restricted = any(flag.kind in restrictions.RESTRICTING for flag in flags)
    last_spoken = next((call.on for call in calls if call.outcome in REACHED), None)
    position = getattr(account, "position", None)
    policy = policy_of(account.office, today)
    office_kind = kind(account.office.kind)
    return CallSheet(
        numbers=_numbers(people, calls),
        people=people,
        others=[one for one in tied if not one.may],
        flags=flags,
        may_call=not restricted or has(user, "call_restricted"),
        failures=_failures(calls),
        most_failures=int(policy["failed_contacts_before_change"]),
        callback=account.callbacks.filter(status=Callback.Status.PENDING).order_by("due_on").first(),
        script=script(
            caller=str(user),
            office=account.office.name,
            person=f"{account.person.first_name} {account.person.last_name}".strip(),
            owed=_owed(position, account.promises.filter(status=Promise.Status.PENDING).first()),
            changes=_changes(account, today),
            last_spoken_on=last_spoken,
            silence=[THIRD_PARTY_FR],
            proposals=[one.format(**policy) for one in office_kind.call_proposals],
        ),
    )


def _calls(account: Account, today: date) -> Iterable[DiaryEntry]:
    """The last calls, newest first, corrected ones left out."""
    rows = account.diary.filter(kind=Kind.CALL, diaryentry=None, on__lte=today)
    return rows.order_by("-on", "-pk")[:_CALLS_READ]


def _failures(calls: Iterable[DiaryEntry]) -> int:
    count = 0
    for call in calls:
        if call.outcome in REACHED:
            break
        count += call.outcome in FAILED
    return count


def _numbers(people: list[Speaking], calls: list[DiaryEntry]) -> list[Number]:
    """Every number of those who may be spoken to: theirs in the people's order, sound ones first, then by
    the last time it worked. One query for all of them."""
    points = ContactPoint.objects.filter(
        person_id__in=[one.person.pk for one in people], kind=ContactPoint.Kind.PHONE, is_current=True
    )
    by_person: dict[int, list[ContactPoint]] = {}
    for point in points:
        by_person.setdefault(point.person_id, []).append(point)
    hours = _hours(calls)
    found = []
    for one in people:
        theirs = sorted(by_person.get(one.person.pk, ()), key=_worth)
        found += [
            Number(
                point,
                f"{one.person.first_name} {one.person.last_name}".strip(),
                one.role_fr,
                best_time(hours.get(point.pk, ())),
            )
            for point in theirs
        ]
    return found


def _worth(point: ContactPoint) -> tuple[Any, ...]:
    last = -point.last_success_on.toordinal() if point.last_success_on else 0
    return bool(point.problem), last, not point.is_mobile, point.pk


def _hours(calls: Iterable[DiaryEntry]) -> Mapping[int, list[tuple[int, bool]]]:
    """(local hour, answered) of each call by number. A call noted on another day has no known hour."""
    found: dict[int, list[tuple[int, bool]]] = {}
    for call in calls:
        at, point = call.at.astimezone(PARIS), call.data.get("contact_point_id")
        if point and at.date() == call.on:
            found.setdefault(point, []).append((at.hour, call.outcome in REACHED))
    return found


def _owed(position: Any, promise: Promise | None) -> Owed:
    if position is None:
        return Owed()
    return Owed(
        overdue_cents=position.overdue_cents,
        to_ask_cents=position.actionable_cents,
        pending_aid_cents=position.pending_aid_cents,
        disputed_cents=position.disputed_cents,
        frozen_cents=position.frozen_cents,
        oldest_on=position.oldest_unpaid_on,
        unpaid_terms=position.unpaid_terms,
        promised_cents=promise.amount_cents if promise else 0,
        promised_on=promise.due_on if promise else None,
    )


def _changes(account: Account, today: date) -> list[Change]:
    """Money and lines of the diary of the last months. Two queries."""
    since = today - _LOOK_BACK
    kinds = (EntryKind.ENCAISSEMENT, EntryKind.REJET, *AID_KINDS)
    entries = Entry.objects.filter(
        account=account, kind__in=kinds, document_on__gte=since, document_on__lte=today, reversed_by=None
    )
    found = [_money(entry) for entry in entries]
    lines = account.diary.filter(kind__in=_TOLD, diaryentry=None, on__gte=since, on__lte=today)
    found += [_line(line) for line in lines]
    return found


def _money(entry: Entry) -> Change:
    said = {EntryKind.ENCAISSEMENT: "payment", EntryKind.REJET: "rejected"}.get(entry.kind_enum, "aid")
    return Change(said, entry.document_on, abs(entry.amount_cents))


def _line(line: DiaryEntry) -> Change:
    return Change(_TOLD[Kind(line.kind)], line.on, line.data.get("amount_cents", 0))
