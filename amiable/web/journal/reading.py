"""Reading the journal: every write of the office, or the thread of its accounts, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from amiable.accounts.models import Account
from amiable.core.access import agency_ids, scope
from amiable.core.clock import PARIS
from amiable.core.models import AuditEvent, User
from amiable.core.rooms import sentence
from amiable.diary.models import DiaryEntry
from amiable.domain.text.typed import whole
from amiable.positions.search import matching
from amiable.web.journal.details import detail
from amiable.web.kit.words import person_name

PAGE_SIZE = 100


@dataclass(frozen=True)
class Row:
    """One line of the journal, in words."""

    pk: int
    at: datetime
    who: str
    what: str
    detail: str
    ref: str
    name: str
    data: dict[str, Any]


def events(user: User, kept: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Writes of the office; somebody bound to agencies sees those on its accounts, and the office's own."""
    rows = scope(AuditEvent.objects.all(), user)
    if agency_ids(user) is not None:
        mine = scope(Account.objects.all(), user).order_by().values("pk")
        rows = rows.filter(Q(account_id__in=mine) | Q(account_id__isnull=True))
    if kept.get("verb"):
        rows = rows.filter(verb=kept["verb"])
    return _narrow(rows, user, kept).select_related("actor").order_by("-pk")


def thread(user: User, kept: dict[str, Any]) -> QuerySet[DiaryEntry]:
    """What was done and noticed on the accounts of the user's scope."""
    rows = scope(DiaryEntry.objects.all(), user)
    if kept.get("verb"):
        rows = rows.filter(kind=kept["verb"])
    return _narrow(rows, user, kept).select_related("actor", "note").order_by("-pk")


def _narrow(rows: Any, user: User, kept: dict[str, Any]) -> Any:
    if kept.get("q"):
        rows = rows.filter(account_id__in=matching(user.office_id or 0, kept["q"]))
    if kept.get("actor"):
        rows = rows.filter(actor_id=whole(kept["actor"]) or None)
    if kept.get("since"):
        rows = rows.filter(at__gte=datetime.combine(kept["since"], time(), PARIS))
    if kept.get("until"):
        rows = rows.filter(at__lt=datetime.combine(kept["until"] + timedelta(days=1), time(), PARIS))
    return rows


def told(user: User, rows: Iterable[AuditEvent | DiaryEntry]) -> list[Row]:
    """The rows in words; two queries whatever their number. An account out of scope keeps no name."""
    found = list(rows)
    ids = {row.account_id for row in found if row.account_id}
    accounts = scope(Account.objects.filter(pk__in=ids), user).select_related("person").in_bulk()
    return [_row(row, accounts.get(row.account_id or 0)) for row in found]


def _row(row: AuditEvent | DiaryEntry, account: Account | None) -> Row:
    if isinstance(row, DiaryEntry):
        note = row.note.text if row.note else ""
        outcome = row.get_outcome_display() if row.outcome else ""
        what, more = row.get_kind_display(), " · ".join(part for part in (outcome, note) if part)
    else:
        what, more = sentence(row.verb), detail(row.data)
    return Row(
        pk=row.pk,
        at=row.at,
        who=str(row.actor) if row.actor else "Amiable",
        what=what,
        detail=more,
        ref=account.ref if account else "",
        name=person_name(account.person) if account else "",
        data=row.data,
    )
