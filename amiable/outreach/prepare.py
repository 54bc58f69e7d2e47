"""The day's batches, proposed from the decisions: who, by which channel and why, who stays behind and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from amiable.core.frames import append_rows
from amiable.core.models import Office
from amiable.domain.procedure import Step
from amiable.ledger.facts import MAX_IDS
from amiable.outreach import checks, recipients
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.positions.models import AccountPosition
from amiable.procedures.book import Book, load_book

Status = BatchLine.Status
#: Modes that leave by batches; « manual » steps are somebody's work.
MODES = ("validate", "auto")
#: Lines whose facts are read at once: enough for the columns to pay, few enough for the memory.
AT_ONCE = MAX_IDS
#: Agency, procedure, step: what makes a batch.
Key = tuple[int | None, str, Step]
_READ = ("balance_cents", "actionable_cents", "last_payment_on")


@dataclass
class _Draft:
    batch: Batch
    lines: list[BatchLine] = field(default_factory=list)
    others: list[LineRecipient] = field(default_factory=list)


def prepare(*, office: Office, today: date, now: datetime) -> list[Batch]:
    """One batch per agency, procedure and step whose day has come. Safe to run again: a batch still proposed
    is brought up to date (lines an officer removed stay removed), an approved one is left alone."""
    book = load_book(office, today)
    if today == now.date():
        # Another day's mail is out of date; asked for another day, today's proposals stay as they are.
        stale = Batch.objects.filter(office=office, on__lt=today, status=Batch.Status.PROPOSED)
        stale.update(status=Batch.Status.CANCELLED)
    batches: list[Batch] = []
    for part in _parts(_due(office, today, book)):
        drafts = [_draft(office, key, rows, book, today) for key, rows in _positions(office, part).items()]
        _exclude(office, [line for draft in drafts for line in draft.lines], book, today, now)
        for draft in drafts:
            _write(draft, now)
            batches.append(draft.batch)
    return batches


def _due(office: Office, today: date, book: Book) -> dict[Key, list[int]]:
    """The accounts of each batch, those with the most at stake first."""
    rows = AccountPosition.objects.filter(
        office=office,
        next_step__isnull=False,
        next_step_on__lte=today,
        step_mode__in=MODES,
        procedure_version__isnull=False,
    ).order_by("agency_id", "next_step", "-priority", "account_id")
    found: dict[Key, list[int]] = {}
    for pk, agency_id, version, code in rows.values_list("pk", "agency_id", "procedure_version", "next_step"):
        procedure = book.edition(version).procedure
        step = procedure.step(code)
        if step.channels:
            found.setdefault((agency_id, procedure.code, step), []).append(pk)
    return found


def _parts(found: dict[Key, list[int]]) -> Iterator[dict[Key, list[int]]]:
    """Batches put together until they hold AT_ONCE lines: their facts are read in one go."""
    part: dict[Key, list[int]] = {}
    for key, ids in found.items():
        if part and sum(map(len, part.values())) + len(ids) > AT_ONCE:
            yield part
            part = {}
        part[key] = ids
    if part:
        yield part


def _positions(office: Office, part: dict[Key, list[int]]) -> dict[Key, list[AccountPosition]]:
    rows = AccountPosition.objects.only(*_READ, "account").select_related("account__person")
    found = rows.in_bulk([pk for ids in part.values() for pk in ids])
    for position in found.values():
        position.account.office = office
    return {key: [found[pk] for pk in ids if pk in found] for key, ids in part.items()}


def _draft(office: Office, key: Key, rows: Sequence[AccountPosition], book: Book, today: date) -> _Draft:
    """The batch and its lines, not written yet."""
    agency_id, procedure_code, step = key
    batch, _ = Batch.objects.get_or_create(
        office=office,
        agency_id=agency_id,
        procedure_code=procedure_code,
        step=step.code,
        on=today,
        defaults={"step_label": step.label_fr, "template": step.template or ""},
    )
    planner = recipients.planner([position.account for position in rows], today, book.policy)
    draft = _Draft(batch)
    for position in rows:
        line = BatchLine(
            batch=batch,
            account=position.account,
            amount_cents=position.actionable_cents,
            prepared_balance_cents=position.balance_cents,
            prepared_last_payment_on=position.last_payment_on,
        )
        draft.others += planner.line(line, step)
        draft.lines.append(line)
    return draft


@transaction.atomic
def _write(draft: _Draft, now: datetime) -> None:
    batch = draft.batch
    # The update is also the lock: an approval waits until the new lines are there, or was first.
    if not Batch.objects.filter(pk=batch.pk, status=Batch.Status.PROPOSED).update(prepared_at=now):
        return
    kept = set(batch.lines.filter(status=Status.REMOVED).values_list("account_id", flat=True))
    batch.lines.exclude(status=Status.REMOVED).delete()
    append_rows([line for line in draft.lines if line.account_id not in kept])
    others = [one for one in draft.others if one.line.account_id not in kept]
    if others:
        ids = dict(batch.lines.values_list("account_id", "pk"))
        for one in others:
            one.line_id = ids[one.line.account_id]
        LineRecipient.objects.bulk_create(others)


def _exclude(office: Office, lines: Sequence[BatchLine], book: Book, today: date, now: datetime) -> None:
    """Mark the lines that stay behind; each says why."""
    open_lines = [line for line in lines if line.status == Status.PROPOSED]
    held = checks.held_back(office, open_lines, book, today)
    tired = checks.over_cap([line.person_id for line in open_lines], book, now)
    for line in open_lines:
        reason = held.get(line.account_id)
        if reason is None and line.person_id in tired and line.person_id == line.account.person_id:
            reason = checks.TIRED
        if reason is not None:
            line.status, line.reason_code = Status.EXCLUDED, reason[0][:40]
            line.reason_fr = reason[1][:300]
