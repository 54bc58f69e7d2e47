"""What the outbox tells the batches: the last check before a message, and the proof in the diary after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from amiable.accounts.addressees import addressing_of
from amiable.accounts.models import Account
from amiable.channels.base import ChannelFailure, Delivery, PermanentFailure, UncertainOutcome
from amiable.core.clock import PARIS
from amiable.core.lifecycle import move_all
from amiable.core.models import Office
from amiable.correspondence import origins
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry
from amiable.domain.creditors import window
from amiable.domain.law.calendar import contact_window
from amiable.outreach import checks, recipients
from amiable.outreach.lifecycle import BATCH, LINE, RECIPIENT
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.outreach.routes import address_lines
from amiable.parties.models import ContactPoint
from amiable.parties.services import add_contact_point
from amiable.positions.stale import mark
from amiable.procedures.in_force import load_book, policy_of

Kind: Any = DiaryEntry.Kind
Channel: Any = OutboxItem.Channel
Status: Any = BatchLine.Status
Recipient: Any = LineRecipient.Status
KINDS = {Channel.POST: Kind.LETTER, Channel.LRAR: Kind.LRAR, Channel.EMAIL: Kind.EMAIL, Channel.SMS: Kind.SMS}
PROBLEMS = {
    Channel.EMAIL: ContactPoint.Problem.BOUNCED,
    Channel.SMS: ContactPoint.Problem.WRONG,
    Channel.POST: ContactPoint.Problem.NPAI,
    Channel.LRAR: ContactPoint.Problem.NPAI,
}


def suppress(line: BatchLine, code: str, reason_fr: str, now: datetime) -> None:
    """A line held back at the last moment: listed with its reason, in the batch and in the diary."""
    mine = BatchLine.objects.filter(pk=line.pk)
    done = move_all(mine, Status.SUPPRESSED, LINE, reason_code=code[:40], reason_fr=reason_fr[:300])
    if done:
        promise_positions([line.account])
        waiting = line.recipients.filter(status=Recipient.PLANNED)
        move_all(waiting, Recipient.SUPPRESSED, RECIPIENT, reason_fr=reason_fr[:300])
        diary.write_entry(
            line.account,
            Kind.SUPPRESSED,
            on=now.date(),
            actor=None,
            key=f"suppressed:{line.pk}",
            data={"reason": code[:40], "batch_id": line.batch_id, "wanted_step": line.batch.step},
        )


def suppress_recipient(row: LineRecipient, code: str, reason_fr: str, now: datetime) -> None:
    """Somebody beside the first addressee gets nothing: said in the batch, and in the diary by their name."""
    mine = LineRecipient.objects.filter(pk=row.pk)
    if move_all(mine, Recipient.SUPPRESSED, RECIPIENT, reason_fr=reason_fr[:300]):
        diary.write_entry(
            row.line.account,
            Kind.SUPPRESSED,
            on=now.date(),
            actor=None,
            person_id=row.person_id,
            key=f"suppressed:{row.line_id}:{row.person_id}",
            data={"reason": code[:40], "batch_id": row.line.batch_id, "copy": row.is_copy},
        )


def write_dispatches(carried: list[tuple[OutboxItem, Account, str, int | None]], now: datetime) -> None:
    """The proof of each (item, account, step, batch): document, channel, idempotency key, provider's
    reference. One statement for a whole batch; a key already written stays as it is."""
    promise_positions((account for _, account, _, _ in carried))
    DiaryEntry.objects.bulk_create(
        (_dispatch_entry(item, account, step, batch_id, now) for item, account, step, batch_id in carried),
        ignore_conflicts=True,
        batch_size=500,
    )


def promise_positions(accounts: Iterable[Account]) -> None:
    """What leaves, or stays behind, changes what comes next: said in the transaction of the outcome."""
    by_office: dict[int, set[int]] = {}
    for account in accounts:
        by_office.setdefault(account.office_id, set()).add(account.pk)
    for office_id, ids in by_office.items():
        mark(office_id, ids)


def _dispatch_entry(
    item: OutboxItem, account: Account, step: str, batch_id: int | None, now: datetime
) -> DiaryEntry:
    data = {
        "channel": item.channel,
        "key": item.idempotency_key,
        "provider": item.proof.get("provider", ""),
        "reference": item.proof.get("reference", ""),
        "at": now.isoformat(timespec="seconds"),
    }
    if batch_id is not None:
        data["batch_id"] = batch_id
    if item.is_copy:
        data["copy"] = True
    return DiaryEntry(
        office_id=item.office_id,
        account=account,
        person_id=item.person_id,
        kind=KINDS[Channel(item.channel)],
        on=now.date(),
        actor_id=item.created_by_id,
        # A copy accomplishes nothing by itself.
        step="" if item.is_copy else step,
        outcome=DiaryEntry.Outcome.SENT,
        document_id=item.document_id,
        outbox_item_id=item.pk,
        data=data,
        key=f"sent:{item.pk}:{account.pk}",
    )


def opening(item: OutboxItem, now: datetime) -> datetime:
    """When this item may reach somebody: paper any time, SMS and e-mail in the office's hours (DUN-08)."""
    if item.channel not in (Channel.SMS, Channel.EMAIL):
        return now
    office, here = item.office, now.astimezone(PARIS)
    return contact_window(here, window(policy_of(office, here.date())), office.territory)


def unreachable(items: list[OutboxItem]) -> dict[int, tuple[str, str]]:
    """Messages whose person no longer wants them, or whose address failed, since they were written."""
    held: dict[int, tuple[str, str]] = {}
    for item in items:
        person, point = item.person, item.contact_point
        said_no = {Channel.SMS: person.sms_opt_out, Channel.EMAIL: person.email_opt_out}
        if said_no.get(item.channel):
            held[item.pk] = "opted_out", checks.SUPPRESSED_FR["opted_out"]
        elif point is not None and (point.problem or not point.is_current):
            held[item.pk] = "contact_problem", checks.SUPPRESSED_FR["contact_problem"]
    return held


class BatchOrigin:
    """Answers for the messages of batches (see correspondence.origins.Origin)."""

    def opens_at(self, item: OutboxItem, now: datetime) -> datetime:
        return opening(item, now)

    def held_back(self, items: list[OutboxItem], now: datetime) -> dict[int, tuple[str, str]]:
        """A message is held back when one of its accounts is: what it says would no longer be true. So is
        one whose address failed, or whose person said no, since it was written."""
        lines = checks.lines_of(items)
        groups: dict[Office, list[BatchLine]] = {}
        for found in lines.values():
            for line in found:
                groups.setdefault(line.batch.office, []).append(line)
        reasons: dict[int, tuple[str, str]] = {}
        for office, group in groups.items():
            reasons |= checks.held_back(office, group, load_book(office, now.date()), now.date())
        held = {
            item_id: reasons[line.account_id]
            for item_id, found in lines.items()
            for line in found
            if line.account_id in reasons
        }
        held = unreachable(items) | _wrong_person(items, lines, now.date()) | held
        return _copies_of_nothing(items, lines, held) | held

    def cancelled(self, item: OutboxItem, code: str, reason_fr: str, now: datetime) -> None:
        for row in _rows(item):
            suppress_recipient(row, code, reason_fr, now)
        for line in _lines(item):
            suppress(line, code, reason_fr, now)
        _finish_batches([item])

    def sent(self, items: list[OutboxItem], now: datetime) -> None:
        found = checks.lines_of(items)
        carried = [
            (item, line.account, line.batch.step, line.batch_id) for item in items for line in found[item.pk]
        ]
        write_dispatches(carried, now)
        move_all(BatchLine.objects.filter(outbox_item__in=items), Status.SENT, LINE)
        move_all(LineRecipient.objects.filter(outbox_item__in=items), Recipient.SENT, RECIPIENT)
        _finish_batches(items)

    def failed(self, item: OutboxItem, failure: ChannelFailure, now: datetime) -> None:
        for row in _rows(item):
            mine = LineRecipient.objects.filter(pk=row.pk)
            move_all(mine, Recipient.FAILED, RECIPIENT, reason_fr=failure.message_fr[:300])
            tell_failure(row.line.account, item, failure, now)
        for line in _lines(item):
            told = {"reason_code": failure.code[:40], "reason_fr": failure.message_fr[:300]}
            move_all(BatchLine.objects.filter(pk=line.pk), Status.FAILED, LINE, **told)
            tell_failure(line.account, item, failure, now)
        _finish_batches([item])

    def returned(self, item: OutboxItem, news: Delivery, now: datetime) -> None:
        for line in _lines(item):
            tell_return(line.account, item, now)
        for row in _rows(item):
            # A copy that is due and came back leaves the message it goes with without effect.
            tell_return(row.line.account, item, now, of=row.line.outbox_item_id if row.is_copy else None)


def _wrong_person(
    items: list[OutboxItem], lines: dict[int, list[BatchLine]], today: date
) -> dict[int, tuple[str, str]]:
    """Messages whose person is no longer the one to write to, since a measure, a death or a departure."""
    accounts = {line.account_id: line.account for found in lines.values() for line in found}
    addressed = addressing_of(list(accounts.values()), today)
    held: dict[int, tuple[str, str]] = {}
    for item in items:
        for line in lines[item.pk]:
            found = addressed[line.account_id]
            if (item.person_id, item.is_copy) not in {(a.person.pk, a.is_copy) for a in found.written}:
                left = found.blocked
                held[item.pk] = (left.code, left.reason_fr) if left else recipients.CHANGED
    return held


def _copies_of_nothing(
    items: list[OutboxItem], lines: dict[int, list[BatchLine]], held: dict[int, tuple[str, str]]
) -> dict[int, tuple[str, str]]:
    """Copies whose message stays behind, now or earlier."""
    gone = (Status.APPROVED, Status.SENT)
    return {
        item.pk: ("not_written", checks.SUPPRESSED_FR["not_written"])
        for item in items
        if item.is_copy
        and any(line.status not in gone or line.outbox_item_id in held for line in lines[item.pk])
    }


def _rows(item: OutboxItem) -> list[LineRecipient]:
    related = ("line__batch", "line__account__office", "line__account__officer")
    return list(item.linerecipient_set.select_related(*related))


def _lines(item: OutboxItem) -> list[BatchLine]:
    return list(item.batchline_set.select_related("batch", "account__office", "account__officer"))


def tell_failure(account: Account, item: OutboxItem, failure: ChannelFailure, now: datetime) -> None:
    """A message that did not leave becomes work: a wrong address to repair, or a doubt to settle."""
    today = now.date()
    if isinstance(failure, PermanentFailure) and failure.contact_problem and item.contact_point is not None:
        diary.record_contact_problem(
            account=account,
            contact_point=item.contact_point,
            problem=PROBLEMS[Channel(item.channel)],
            actor=None,
            today=today,
            outbox_item_id=item.pk,
        )
        return
    doubt = isinstance(failure, UncertainOutcome)
    diary.raise_work(
        account=account,
        code="dispatch_doubt" if doubt else "dispatch_failed",
        text=f"Envoi par {item.get_channel_display()} : {failure.message_fr}"[:1000],
        key=f"failed:{item.pk}:{account.pk}",
        assignee=account.officer if account.officer and account.officer.is_active else None,
    )


def tell_return(account: Account, item: OutboxItem, now: datetime, *, of: int | None = None) -> None:
    """A message came back: the address is at fault, somebody has to find another, and the step is not done.

    of: the message that is not received either, when `item` is its copy."""
    point = item.contact_point
    if point is None:
        # It went to the home: from now on a known address, which does not work.
        home = item.address or "\n".join(address_lines(account, None))
        point = add_contact_point(person=item.person, kind=ContactPoint.Kind.ADDRESS, value=home)
    diary.record_contact_problem(
        account=account,
        contact_point=point,
        problem=PROBLEMS[Channel(item.channel)],
        actor=None,
        today=now.date(),
        outbox_item_id=of or item.pk,
    )


def _finish_batches(items: list[OutboxItem]) -> None:
    """A batch whose last line is settled is done."""
    carried = Q(lines__outbox_item__in=items) | Q(lines__recipients__outbox_item__in=items)
    batches = Batch.objects.filter(carried, status=Batch.Status.DISPATCHING)
    for pk in set(batches.values_list("pk", flat=True)):
        finish_batch(pk)


def finish_batch(pk: int) -> None:
    open_lines = BatchLine.objects.filter(batch_id=pk, status=Status.APPROVED)
    others = LineRecipient.objects.filter(line__batch_id=pk, status=Recipient.APPROVED)
    if not open_lines.exists() and not others.exists():
        move_all(Batch.objects.filter(pk=pk), Batch.Status.DONE, BATCH)


def register() -> None:
    origins.register("batch", BatchOrigin())
