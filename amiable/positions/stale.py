"""Accounts whose position is behind: marked in the transaction that changes them, cleared once refreshed.

A mark is the durable promise of a refresh. The process that wrote it refreshes at once; when it died
meanwhile, the worker or the night does. Refreshing twice writes the same rows: anybody may honour a mark.

What happens to one account of a person changes what is next for their others: they are marked together.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from amiable.accounts.same_persons import with_same_persons
from amiable.core.models import Office
from amiable.positions.models import StaleMark
from amiable.positions.services import refresh

logger = logging.getLogger(__name__)
#: Up to this many accounts are marked and refreshed one by one; beyond, the office is, range by range.
AT_ONCE = 2_000
#: How long a mark is left to whoever took it, and how long one that could not be honoured waits. Real time:
#: a process dies in real time.
LEASE = timedelta(minutes=5)
_SLICE = 500


def mark(office_id: int, account_ids: Collection[int]) -> None:
    """Promise new positions, in the caller's transaction, which then calls `refresh_now`."""
    if not account_ids:
        return
    wanted = [None] if len(account_ids) > AT_ONCE else with_same_persons(account_ids)
    until = timezone.now() + LEASE
    StaleMark.objects.bulk_create(
        (StaleMark(office_id=office_id, account_id=pk, not_before_at=until) for pk in wanted),
        batch_size=_SLICE,
    )


def mark_office(office_id: int) -> None:
    """Promise new positions of every account of the office, to whoever is free first."""
    StaleMark.objects.create(office_id=office_id, account_id=None, not_before_at=timezone.now())


def refresh_now(*, office: Office, account_ids: Collection[int], today: date) -> int:
    """Refresh what the caller has just marked and committed; how many rows were written."""
    if not account_ids:
        return 0
    marks = StaleMark.objects.filter(office=office)
    if len(account_ids) > AT_ONCE:
        return _honour(office, marks, None, today)
    ids = with_same_persons(account_ids)
    return _honour(office, marks.filter(account_id__in=ids), ids, today)


def catch_up(*, office: Office, today: date) -> int:
    """Refresh every account of the office still marked, whoever marked it; how many rows were written."""
    marks = StaleMark.objects.filter(office=office)
    ids = set(marks.values_list("account_id", flat=True).distinct()[: AT_ONCE + 1])
    if not ids:
        return 0
    whole = None in ids or len(ids) > AT_ONCE
    return _honour(office, marks, None if whole else sorted(pk for pk in ids if pk is not None), today)


def _honour(office: Office, marks: QuerySet[StaleMark], ids: list[int] | None, today: date) -> int:
    """The marks seen before the reading are covered by it; one written meanwhile stays."""
    covered = marks if ids is None else marks.filter(account_id__in=ids)
    seen = list(covered.values_list("pk", flat=True))
    count = refresh(office=office, as_of=today, ids=ids)
    for start in range(0, len(seen), _SLICE):
        StaleMark.objects.filter(pk__in=seen[start : start + _SLICE]).delete()
    return count


def catch_up_due(now: datetime) -> int:
    """The worker's turn: the marks that nobody came back for. One that fails waits, and does not stop the
    others."""
    moment = timezone.now()
    due = StaleMark.objects.filter(not_before_at__lte=moment)
    done = 0
    for office in Office.objects.filter(pk__in=due.values("office").distinct()):
        due.filter(office=office).update(not_before_at=moment + LEASE)
        try:
            done += catch_up(office=office, today=now.date())
        except Exception:
            logger.exception("positions of office %s are behind and could not be refreshed", office.pk)
    return done
