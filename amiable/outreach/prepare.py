"""The day's batches, proposed from the decisions: who, by which channel and why, who stays behind and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from amiable.accounts.addressees import addressing_of
from amiable.core.frames import append_rows
from amiable.core.lifecycle import move_all
from amiable.core.models import Office
from amiable.domain.decision.procedure import Step
from amiable.ledger.facts import MAX_IDS
from amiable.outreach import checks, recipients, sharing
from amiable.outreach.checks import Reason
from amiable.outreach.compose import lines_with_accounts
from amiable.outreach.drafting import written
from amiable.outreach.lifecycle import BATCH, LINE, RECIPIENT
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.positions.models import AccountPosition
from amiable.procedures.in_force import Book, load_book

Status = BatchLine.Status
#: Modes that leave by batches; « manual » steps are somebody's work.
MODES = ("validate", "auto")
#: Lines whose facts are read at once: enough for the columns to pay, few enough for the memory.
AT_ONCE = MAX_IDS
#: Agency, procedure, step: what makes a batch. Its accounts may be on two versions of the procedure.
Key = tuple[int | None, str, str]
#: The accounts of each batch, each with the step as its own version says it.
Due = dict[Key, list[tuple[int, Step]]]
_READ = ("balance_cents", "actionable_cents", "last_payment_on")


@dataclass
class _Draft:
    """A batch as it should be; `batch` and its lines are not written yet."""

    batch: Batch
    lines: list[BatchLine] = field(default_factory=list)
    others: list[LineRecipient] = field(default_factory=list)


def prepare(*, office: Office, today: date, now: datetime) -> list[Batch]:
    """One batch per agency, procedure and step whose day has come. Safe to run again: a batch still proposed
    is brought up to date (lines an officer removed stay removed), an approved one is left alone."""
    book = load_book(office, today)
    if today == now.date():
        # Another day's mail is out of date; asked for another day, today's proposals stay as they are.
        move_all(Batch.objects.filter(office=office, on__lt=today), Batch.Status.CANCELLED, BATCH)
        # Cancelled by a clock that ran ahead: it is their day after all.
        mistaken = Batch.objects.filter(office=office, on=today, status=Batch.Status.CANCELLED)
        move_all(mistaken, Batch.Status.PROPOSED, BATCH)
    batches: list[Batch] = []
    taken = sharing.taken_today(office, today)
    for part in _parts(_due(office, today, book)):
        drafts = _drafts(office, part, book, today)
        _exclude(office, [line for draft in drafts for line in draft.lines], book, today, now)
        proposed = [batch for draft in drafts if (batch := _write(draft, now)) is not None]
        for batch in proposed:
            _exclude_unwritable(batch, book, now)
        taken |= _share(office, proposed, book, today, taken)
        batches += proposed
    return batches


def _due(office: Office, today: date, book: Book) -> Due:
    """What leaves today, the accounts with the most at stake first."""
    rows = AccountPosition.objects.filter(
        office=office,
        next_step__isnull=False,
        next_step_on__lte=today,
        step_mode__in=MODES,
        procedure_version__isnull=False,
    ).order_by("agency_id", "next_step", "-priority", "account_id")
    found: Due = {}
    for pk, agency_id, version, code in rows.values_list("pk", "agency_id", "procedure_version", "next_step"):
        procedure = book.edition(version).procedure
        step = procedure.step(code)
        if step.channels:
            found.setdefault((agency_id, procedure.code, code), []).append((pk, step))
    return found


def _parts(found: Due) -> Iterator[Due]:
    """Batches put together until they hold AT_ONCE lines: their facts are read in one go."""
    part: Due = {}
    count = 0
    for key, rows in found.items():
        if part and count + len(rows) > AT_ONCE:
            yield part
            part, count = {}, 0
        part[key] = rows
        count += len(rows)
    if part:
        yield part


def _drafts(office: Office, part: Due, book: Book, today: date) -> list[_Draft]:
    wanted = AccountPosition.objects.only(*_READ, "account").select_related("account__person")
    positions = wanted.in_bulk([pk for rows in part.values() for pk, _ in rows])
    for position in positions.values():
        position.account.office = office
    # Read a moment later, an account may be gone.
    kept = {
        key: [(positions[pk], step) for pk, step in rows if pk in positions] for key, rows in part.items()
    }
    return [_draft(office, key, rows, book, today) for key, rows in kept.items() if rows]


def _draft(
    office: Office, key: Key, rows: Sequence[tuple[AccountPosition, Step]], book: Book, today: date
) -> _Draft:
    agency_id, procedure_code, step_code = key
    first = rows[0][1]
    draft = _Draft(
        Batch(
            office=office,
            agency_id=agency_id,
            procedure_code=procedure_code,
            step=step_code,
            step_label=first.label_fr,
            template=first.template or "",
            on=today,
        )
    )
    planner = recipients.planner([position.account for position, _ in rows], today, book.policy)
    for position, step in rows:
        line = BatchLine(
            batch=draft.batch,
            account=position.account,
            amount_cents=position.actionable_cents,
            prepared_balance_cents=position.balance_cents,
            prepared_last_payment_on=position.last_payment_on,
        )
        draft.others += planner.line(line, step)
        draft.lines.append(line)
    return draft


@transaction.atomic
def _write(draft: _Draft, now: datetime) -> Batch | None:
    """The batch brought up to date in the database; None when somebody has already dealt with it."""
    wanted = draft.batch
    batch, _ = Batch.objects.get_or_create(
        office=wanted.office,
        agency_id=wanted.agency_id,
        procedure_code=wanted.procedure_code,
        step=wanted.step,
        on=wanted.on,
        defaults={"step_label": wanted.step_label, "template": wanted.template},
    )
    # The update is also the lock: an approval waits until the new lines are there, or was first.
    if not Batch.objects.filter(pk=batch.pk, status=Batch.Status.PROPOSED).update(prepared_at=now):
        return None
    removed = set(batch.lines.filter(status=Status.REMOVED).values_list("account_id", flat=True))
    batch.lines.exclude(status=Status.REMOVED).delete()
    lines = [line for line in draft.lines if line.account_id not in removed]
    for line in lines:
        line.batch = batch
    append_rows(lines)
    _write_others(batch, [one for one in draft.others if one.line.account_id not in removed])
    return batch


def _write_others(batch: Batch, others: list[LineRecipient]) -> None:
    """Lines are appended without their keys coming back: the few that others hang on are read again."""
    accounts = {one.line.account_id for one in others}
    ids = dict(batch.lines.filter(account__in=accounts).values_list("account_id", "pk"))
    for one in others:
        one.line_id = ids[one.line.account_id]
    LineRecipient.objects.bulk_create(others)


def _exclude_unwritable(batch: Batch, book: Book, now: datetime) -> None:
    """Write every message as its sending will: a line whose own, or whose copy, cannot be written stays
    behind and says why now, not once somebody has approved it."""
    lines = [line for line in lines_with_accounts(batch) if line.status == Status.PROPOSED]
    addressed = addressing_of([line.account for line in lines], batch.on)
    moment = datetime.combine(batch.on, now.timetz())
    refused: dict[Reason, set[int]] = {}
    alone: dict[str, set[int]] = {}
    for draft in written(batch, lines, addressed, book, moment) if lines else ():
        if draft.error is not None and (draft.is_copy or not draft.recipients):
            reason = draft.error.code[:40], draft.error.message_fr[:300]
            refused.setdefault(reason, set()).update(line.pk for line in draft.lines)
        elif draft.error is not None:
            alone.setdefault(draft.error.message_fr[:300], set()).update(row.pk for row in draft.recipients)
    for (code, reason_fr), ids in refused.items():
        mine = batch.lines.filter(pk__in=ids)
        move_all(mine, Status.EXCLUDED, LINE, reason_code=code, reason_fr=reason_fr)
    for reason_fr, ids in alone.items():
        theirs = LineRecipient.objects.filter(pk__in=ids)
        move_all(theirs, LineRecipient.Status.SUPPRESSED, RECIPIENT, reason_fr=reason_fr)


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


def _share(
    office: Office, batches: Sequence[Batch], book: Book, today: date, taken: Collection[int]
) -> set[int]:
    """Leave one message to each person, of those that can leave, and say why the rest waits; the persons who
    get one."""
    lines = [
        line for batch in batches for line in lines_with_accounts(batch) if line.status == Status.PROPOSED
    ]
    addressed = addressing_of([line.account for line in lines], today)
    waiting = sharing.waiting(office, lines, addressed, book, today, taken)
    kept = [line for line in lines if line.account_id not in waiting]
    # Alone in its message, a line needs no number.
    joined = [line for line in kept if line.message != line.account_id]
    BatchLine.objects.bulk_update(joined, ["message"], batch_size=250)
    behind = [line.pk for line in lines if line.account_id in waiting]
    for start in range(0, len(behind), AT_ONCE):
        mine = BatchLine.objects.filter(pk__in=behind[start : start + AT_ONCE])
        told = {"reason_code": sharing.SAME_DAY[0], "reason_fr": sharing.SAME_DAY[1]}
        move_all(mine, Status.EXCLUDED, LINE, **told)
    return {person for line in kept for person in sharing.debtors_of(line, addressed[line.account_id])}
