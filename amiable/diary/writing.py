"""The diary's only pen, and what every act on an account shares: the lock, the journal, the new position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from amiable.accounts.models import Account
from amiable.core.access import require
from amiable.core.frames import append_rows
from amiable.core.journal import record
from amiable.core.models import AuditEvent, Office, User
from amiable.core.rooms import house, sentence
from amiable.diary.free_text import check_text
from amiable.diary.models import DiaryEntry, Note
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.positions.stale import refresh_now

#: Any: without Django's plugin, mypy reads a member of TextChoices as its (value, label) pair.
Kind: Any = DiaryEntry.Kind


def open_for(account: Account, *, actor: User | None, version: int | None) -> None:
    """The right to act, and the optimistic lock: first statement of every act, inside its transaction.

    version: what the screen read; None when no screen was involved (nightly work, batches, lists).
    Raises DomainError `stale` naming who changed what when another act came first.
    """
    if actor is not None:
        require(actor, "work_accounts")
    rows = Account.objects.filter(pk=account.pk)
    if version is None:
        rows.update(version=F("version") + 1)
        return
    if not rows.filter(version=version).update(version=F("version") + 1):
        raise DomainError("stale", stale_sentence(account))


def stale_sentence(account: Account) -> str:
    """Who changed this account last, what and when."""
    last = (
        AuditEvent.objects.filter(account_id=account.pk, verb__in=house().verbs)
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )
    who = "Le compte a été modifié"
    if last is not None:
        at = timezone.localtime(last.at)
        hour = f"{at.hour}{french.NBSP}h{french.NBSP}{at.minute:02d}"
        who = f"{last.actor or 'Amiable'} {sentence(last.verb)} à {hour}"
    return (
        f"{who}, pendant que cette fiche était ouverte. Rien n’a été écrasé ni enregistré : "
        "relisez ce qui a changé, puis validez de nouveau si votre saisie reste utile."
    )


def add_note(account: Account, text: str, *, actor: User | None) -> Note | None:
    """The free text as an erasable record, checked; None when there is none."""
    cleaned = check_text(text)
    if not cleaned:
        return None
    return Note.objects.create(office_id=account.office_id, account=account, author=actor, text=cleaned)


def write(account: Account, kind: str, *, on: date, actor: User | None, **fields: Any) -> DiaryEntry:
    """Append one line to the account's diary. `fields`: any other column of DiaryEntry.

    With a `key` already written the existing line is returned: the same effect is noted once.
    """
    key = fields.pop("key", None)
    values = _values(account, kind, on, actor, fields)
    if key is None:
        return DiaryEntry.objects.create(**values)
    return DiaryEntry.objects.get_or_create(key=key, defaults=values)[0]


def write_all(lines: Iterable[DiaryEntry]) -> None:
    """Append many lines (`line`), in few statements."""
    append_rows(lines)


def line(account: Account, kind: str, *, on: date, actor: User | None, **fields: Any) -> DiaryEntry:
    """A line not yet written, for `write_all`; arguments as in `write`."""
    return DiaryEntry(**_values(account, kind, on, actor, fields))


def _values(
    account: Account, kind: str, on: date, actor: User | None, fields: dict[str, Any]
) -> dict[str, Any]:
    who = {"office_id": account.office_id, "account": account, "person_id": account.person_id}
    return {**who, "kind": kind, "on": on, "actor": actor, **fields}


def close(account: Account, verb: str, *, actor: User | None, today: date, target: Any, **data: Any) -> None:
    """The audit event of an act on one account, and its new position; last statement of its transaction."""
    office = account.office
    record(verb, office=office, actor=actor, target=target, account_id=account.pk, data=data)
    refresh(office, [account.pk], today)


#: Inside `together`: accounts to refresh at its end, by office and day.
_later: ContextVar[dict[tuple[Office, date], set[int]] | None] = ContextVar("refresh_later", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Several acts in one go, in one transaction: each account's position is rebuilt once, at the end."""
    waiting: dict[tuple[Office, date], set[int]] = {}
    with transaction.atomic():
        token = _later.set(waiting)
        try:
            yield
        finally:
            _later.reset(token)
        for (office, today), ids in waiting.items():
            refresh(office, sorted(ids), today)


@contextmanager
def postponed() -> Iterator[None]:
    """A whole office's past is being written: no position is rebuilt, the caller rebuilds them all after."""
    token = _later.set({})
    try:
        yield
    finally:
        _later.reset(token)


def refresh(office: Office, ids: list[int], today: date) -> None:
    """Rebuild the positions of some accounts: the one road from the diary to the engine."""
    waiting = _later.get()
    if waiting is not None:
        waiting.setdefault((office, today), set()).update(ids)
        return
    if not ids:
        return
    try:
        refresh_now(office=office, account_ids=ids, today=today)
    except DomainError as error:
        # What an officer did is noted even in an office whose procedures are not set up yet.
        if error.code != "nature_without_procedure":
            raise
