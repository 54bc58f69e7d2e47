"""An approved batch becomes messages: one per person, letters in one PDF, each with its key in the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from amiable.accounts.addressees import addressing_of
from amiable.core.frames import append_rows
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.correspondence import store, typeset
from amiable.correspondence.models import Document, OutboxItem
from amiable.correspondence.parcels import deposit_rows
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.outreach import checks, proof, recipients, sharing
from amiable.outreach.drafting import (
    Draft,
    letterhead,
    message_key,
    posted_to,
    title_of,
    written,
)
from amiable.outreach.lifecycle import RECIPIENT
from amiable.outreach.models import Batch, BatchLine, LineRecipient
from amiable.procedures.in_force import Book

Status: Any = BatchLine.Status


def lines_with_accounts(batch: Batch) -> list[BatchLine]:
    related = ("account__person", "account__office", "account__agency", "account__officer", "person", "batch")
    others = Prefetch("recipients", LineRecipient.objects.select_related("person").order_by("pk"))
    return list(batch.lines.select_related(*related).prefetch_related(others).order_by("pk"))


def compose(batch: Batch, *, book: Book, actor: User | None, now: datetime) -> int:
    """Turn every approved line that has no message yet into one per person; how many messages were made.

    The figures, the persons and the guards are asked again: what is written is today's truth. Everything is
    kept in one transaction, after the PDF's bytes are on disk: killed before, nothing is; killed after, the
    lines have their messages and are not composed twice."""
    approved = [line for line in lines_with_accounts(batch) if line.status == Status.APPROVED]
    waiting = [line for line in approved if line.outbox_item_id is None]
    if not waiting:
        return 0
    addressed = addressing_of([line.account for line in waiting], now.date())
    held = checks.held_back(batch.office, waiting, book, now.date())
    held = recipients.held_back(waiting, addressed, now.date()) | held
    persons = {line.person_id for line in waiting}
    persons |= {one.person_id for line in waiting for one in line.recipients.all()}
    tired = checks.over_cap(persons, book, now)
    own = [line for line in waiting if line.person_id == line.account.person_id]
    held |= {line.account_id: checks.TIRED for line in own if line.person_id in tired} | held
    kept = [line for line in waiting if line.account_id not in held]
    apart = sharing.waiting(batch.office, kept, addressed, book, now.date())
    held |= dict.fromkeys(apart, sharing.SAME_DAY)
    kept = [line for line in kept if line.account_id not in apart]
    drafts = written(batch, kept, addressed, book, now, reserve=True)
    _hold_drafts(drafts, tired)
    letters = [draft for draft in drafts if draft.letter is not None and draft.error is None]
    groups = [letters[i : i + typeset.MOST_LETTERS] for i in range(0, len(letters), typeset.MOST_LETTERS)]
    typed = typeset.typeset_all(
        f"{batch.step_label}, {batch.on:%d/%m/%Y}",
        letterhead(batch.office),
        [[draft.letter for draft in group if draft.letter is not None] for group in groups],
    )
    with transaction.atomic():
        for line in waiting:
            if line.account_id in held:
                proof.suppress(line, *held[line.account_id], now)
        for draft in drafts:
            if draft.error is not None:
                _suppress(draft, now)
        texts = [draft for draft in drafts if draft.error is None and draft.letter is None]
        items = _keep_items(batch, texts, actor)
        printed: list[OutboxItem] = []
        for number, (group, pdf) in enumerate(zip(groups, typed, strict=True), start=1):
            printed += _keep_letters(batch, number, group, pdf, actor, now)
        if printed:
            listed = _deposit_list(batch, printed, actor, now)
            merged = printed[0].document.parent if printed[0].document else None
            Batch.objects.filter(pk=batch.pk).update(merged_document=merged, deposit_list=listed)
        items += printed
    return len(items)


def _hold_drafts(drafts: Sequence[Draft], tired: Collection[int]) -> None:
    """A person who owes too and had enough messages this week is left in peace; and nobody gets the copy of
    a message that was not written."""
    unwritten = {line.pk for draft in drafts if draft.error and not draft.recipients for line in draft.lines}
    for draft in drafts:
        if not draft.recipients or draft.error is not None:
            continue
        is_guardian = draft.addressee is not None and bool(draft.addressee.quality_fr)
        if draft.person.pk in tired and not is_guardian:
            draft.error = DomainError(*checks.TIRED)
        elif draft.is_copy and unwritten & {line.pk for line in draft.lines}:
            draft.error = DomainError("not_written", "La lettre dont c’est la copie n’est pas partie.")


def _suppress(draft: Draft, now: datetime) -> None:
    assert draft.error is not None
    for row in draft.recipients:
        proof.suppress_recipient(row, draft.error.code, draft.error.message_fr, now)
    for line in () if draft.recipients else draft.lines:
        proof.suppress(line, draft.error.code, draft.error.message_fr, now)


def _keep_letters(
    batch: Batch, number: int, letters: list[Draft], typed: typeset.Typeset, actor: User | None, now: datetime
) -> list[OutboxItem]:
    """One merged PDF to print, the `number`-th of the batch, and each letter as its range of pages."""
    whole = store.add_document(
        office=batch.office,
        code="lot",
        title=f"{batch.step_label} : {len(letters)} lettres à imprimer",
        content=typed.pdf,
        dated_on=now.date(),
        actor=actor,
        pages=sum(count for _, count in typed.ranges),
    )
    documents = [
        Document(
            office=batch.office,
            account=draft.first.account,
            person=draft.person,
            code=draft.template,
            title=title_of(draft),
            sha256=whole.sha256,
            size=whole.size,
            pages=pages,
            parent=whole,
            first_page=first_page,
            dated_on=now.date(),
            created_by=actor,
        )
        for draft, (first_page, pages) in zip(letters, typed.ranges, strict=True)
    ]
    kept = append_rows(documents)
    return _keep_items(batch, letters, actor, kept, parcel=f"lot-{batch.pk}-{number}")


def _keep_items(
    batch: Batch,
    drafts: list[Draft],
    actor: User | None,
    documents: Sequence[Document] = (),
    parcel: str = "",
) -> list[OutboxItem]:
    """One outbox item per draft (with its document for letters), and the lines that point to it."""
    pairs = list(zip(drafts, documents, strict=True)) if documents else [(draft, None) for draft in drafts]
    items = append_rows(_outbox_item(batch, draft, actor, document, parcel) for draft, document in pairs)
    lines, others = [], []
    for item, (draft, document) in zip(items, pairs, strict=True):
        for row in draft.recipients:
            row.outbox_item, row.document = item, document
            others.append(row)
        for line in () if draft.recipients else draft.lines:
            line.outbox_item, line.document = item, document
            lines.append(line)
    BatchLine.objects.bulk_update(lines, ["outbox_item", "document"], batch_size=250)
    LineRecipient.objects.bulk_update(others, ["outbox_item", "document"], batch_size=250)
    carried = LineRecipient.objects.filter(line__batch=batch, outbox_item__isnull=False)
    move_all(carried, LineRecipient.Status.APPROVED, RECIPIENT)
    return items


def _deposit_list(batch: Batch, items: list[OutboxItem], actor: User | None, now: datetime) -> Document:
    rows = deposit_rows(items)
    title = f"Liste de dépôt, {batch.step_label}, {batch.on:%d/%m/%Y}"
    summary = f"{french.plural(len(items), 'lettre')}, {french.plural(sum(r.pages for r in rows), 'page')}"
    return store.add_document(
        office=batch.office,
        code="depot",
        title=title,
        content=typeset.deposit_list(title, batch.office.name, summary, rows),
        dated_on=now.date(),
        actor=actor,
    )


def _outbox_item(
    batch: Batch, draft: Draft, actor: User | None, document: Document | None, parcel: str
) -> OutboxItem:
    account = draft.first.account
    return OutboxItem(
        office=batch.office,
        idempotency_key=f"lot-{batch.pk}-{message_key(draft)}",
        channel=draft.channel,
        person=draft.person,
        account=account,
        contact_point=draft.contact,
        address=posted_to(draft),
        is_copy=draft.is_copy,
        document=document,
        subject=draft.subject[:200],
        body=draft.body,
        origin="batch",
        step=batch.step,
        parcel=parcel,
        created_by=actor,
    )
