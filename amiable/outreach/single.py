"""One message from an account's file: written by an officer, checked, sent by the same outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from amiable.accounts.addressees import OTHER, Addressee, LeftOut, addressing_of, estate_addressees_of
from amiable.accounts.models import Account
from amiable.channels.base import ChannelFailure, Delivery
from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.models import User
from amiable.correspondence import catalogue, origins, store, templates, typeset, ways_out, wording
from amiable.correspondence.models import Document, OutboxItem
from amiable.correspondence.variables import VARIABLES
from amiable.diary import services as diary
from amiable.domain.errors import DomainError
from amiable.outreach import proof, routes, values
from amiable.outreach.drafting import (
    LETTERS,
    Composer,
    Draft,
    addressee_in,
    copy_sentence,
    letterhead,
    posted_to,
    title_of,
)
from amiable.outreach.models import Batch, BatchLine
from amiable.outreach.queries import documents_for
from amiable.parties.models import Person

Channel: Any = OutboxItem.Channel


def draft_text(account: Account, code: str, channel: str, now: datetime) -> Draft:
    """The office's wording filled for one account. DomainError when a value is missing."""
    draft = _draft(account, code, channel, now)
    if draft.error is not None:
        raise draft.error
    return draft


def preview(account: Account, code: str, now: datetime, *, subject: str = "", body: str = "") -> Draft:
    """A wording on a real account without sending: `subject` and `body` replace the saved text when given."""
    wanted = catalogue.get(code)
    channel = {"letter": Channel.POST}.get(wanted.media, wanted.media)
    given = templates.Current(wanted, subject, body, 0) if body else None
    examples = {v.name: v.example for v in VARIABLES.values() if v.room and v.room == wanted.room}
    draft = _draft(account, code, channel, now, given, extra=examples)
    if draft.error is not None:
        raise draft.error
    return draft


def preview_pdf(account: Account, draft: Draft) -> bytes:
    """The letter alone, as it would leave."""
    return _typeset(account, draft).pdf


def read_before(
    account: Account, code: str, now: datetime, *, to: Person | None, extra: Mapping[str, Any]
) -> bytes:
    """A room's document as it would be made, to be read on screen: nothing is kept, nothing leaves."""
    draft = _draft(account, code, Channel.POST, now, to=to, extra=extra, preview=True)
    if draft.error is not None:
        raise draft.error
    return preview_pdf(account, draft)


def _typeset(account: Account, draft: Draft) -> typeset.Typeset:
    if draft.letter is None:
        raise DomainError("not_a_letter", "Ce document n’est pas une lettre.")
    return typeset.typeset(draft.subject, letterhead(account.office), [draft.letter])


def _draft(
    account: Account,
    code: str,
    channel: str,
    now: datetime,
    given: templates.Current | None = None,
    *,
    to: Person | None = None,
    extra: Mapping[str, Any] | None = None,
    preview: bool = False,
) -> Draft:
    one = addressee_for(account, to, now.date())
    maker = _maker(account, [one], now, extra=extra, preview=preview or given is not None)
    if given is not None:
        maker.texts[code] = given
    return maker.fill(_blank(account, one, code, channel))


def _blank(account: Account, one: Addressee, code: str, channel: str) -> Draft:
    # An unsaved batch of one: a single message says the same as a batch would.
    line = BatchLine(batch=Batch(office=account.office), account=account, person=one.person)
    return Draft([line], one.person, channel, code, one)


def _maker(
    account: Account,
    people: Sequence[Addressee],
    now: datetime,
    *,
    extra: Mapping[str, Any] | None = None,
    preview: bool = False,
) -> Composer:
    sources = values.load(account.office, [account], now.date())
    if account.pk not in sources.positions:
        raise DomainError("no_position", "La situation de ce compte n’est pas encore calculée.")
    points = routes.contact_points({one.person.pk for one in people})
    return Composer(account.office, sources, points=points, preview=preview, extra=extra or {})


def addressee_for(account: Account, to: Person | None, on: date) -> Addressee:
    """Who gets a message written from a file: the first of those to write to, or the person asked for.

    Raises DomainError when nobody may be written to, or when the person is represented or dead."""
    found = addressing_of([account], on)[account.pk]
    if to is None:
        if found.blocked is not None:
            raise _nobody(found.blocked)
        return found.written[0]
    known = addressee_in(found, to.pk)
    if known is not None:
        return known
    refused = ("represented", "unknown_measure", "death")
    for left in found.left_out:
        if left.person.pk == to.pk and left.code in refused:
            raise _nobody(left)
    for heir in estate_addressees_of([account], on)[account.pk]:
        if heir.person.pk == to.pk:
            return heir
    return Addressee(to, OTHER, False, "personne désignée")


def _nobody(left: LeftOut) -> DomainError:
    return DomainError(
        left.code,
        f"Rien n’est envoyé à {values.full_name(left.person)} : {left.reason_fr}. "
        "Complétez « Personnes et situations » sur la fiche.",
    )


@transaction.atomic
def send_one(
    *,
    account: Account,
    code: str,
    channel: str,
    actor: User,
    now: datetime,
    key: str,
    step: str = "",
    subject: str | None = None,
    body: str | None = None,
) -> OutboxItem:
    """Put one message in the outbox; it leaves at the worker's next turn, within the contact window.

    key: made when the form was opened, so that a double click sends once. subject, body: the officer's own
    words for an e-mail or an SMS; the rules of the wording still hold (no debt in an SMS). Raises
    DomainError when the person cannot be reached that way."""
    require(actor, "work_accounts")
    present = OutboxItem.objects.filter(idempotency_key=f"one-{key}").first()
    if present is not None:
        return present
    if code not in {entry.wording.code for entry in documents_for(account.office, channel)}:
        raise DomainError("foreign_document", "Ce document n’est pas prévu pour ce canal.")
    drafts = _drafts(account, code, channel, now)
    if body is not None and channel in (Channel.EMAIL, Channel.SMS):
        for draft in drafts:
            _own_words(draft, code, subject, body, account)
    return _put_all(drafts, account, code, channel, actor, now, key, step)[0]


def _drafts(
    account: Account,
    code: str,
    channel: str,
    now: datetime,
    extra: Mapping[str, Any] | None = None,
) -> list[Draft]:
    """The message to each person: a letter goes to everybody who owes, an SMS or an e-mail to the one it is
    written for; copies to curators, except by SMS. The first and the copies must be possible; somebody else
    who cannot be reached has their reason in `error`."""
    found = addressing_of([account], now.date())[account.pk]
    first = addressee_for(account, None, now.date())
    people = [first]
    for one in found.written[1:]:
        if channel in LETTERS or (one.is_copy and channel == Channel.EMAIL):
            people.append(one)
    maker = _maker(account, people, now, extra=extra)
    drafts = [maker.fill(_blank(account, one, code, channel)) for one in people]
    for draft in drafts:
        if draft.error is not None and (draft is drafts[0] or draft.is_copy):
            whom = f"{values.full_name(draft.person)} : " if draft is not drafts[0] else ""
            raise DomainError(draft.error.code, f"{whom}{draft.error.message_fr}")
    return drafts


def _put_all(
    drafts: Sequence[Draft],
    account: Account,
    code: str,
    channel: str,
    actor: User | None,
    now: datetime,
    key: str,
    step: str,
) -> list[OutboxItem]:
    """One message each, the first under the form's own key; who cannot be reached becomes work."""
    items = []
    for draft in drafts:
        if draft.error is not None:
            diary.raise_work(
                account=account,
                code="contact_problem",
                text=f"{draft.person} n’a pas reçu « {draft.subject or code} » : {draft.error.message_fr}"[
                    :1000
                ],
                key=f"unreached:{key}:{draft.person.pk}"[:120],
                assignee=account.officer if account.officer and account.officer.is_active else None,
            )
            continue
        own_key = key if draft is drafts[0] else f"{key}-{draft.person.pk}"
        items.append(_put(draft, account, code, channel, actor, now, own_key, step))
    return items


@dataclass(frozen=True)
class Issued:
    """What a room had made: a letter's PDF (None for an e-mail or an SMS), and the message if it leaves."""

    document: Document | None
    item: OutboxItem | None
    #: The same to the others who owe, and copies (see accounts.addressees).
    others: tuple[OutboxItem, ...] = ()


@transaction.atomic
def issue(
    *,
    account: Account,
    code: str,
    actor: User | None,
    now: datetime,
    key: str,
    extra: Mapping[str, Any] | None = None,
    to: Person | None = None,
    channel: str = "",
    step: str = "",
    attached: Document | None = None,
) -> Issued:
    """A document of a room of the house, with that room's own values. Without `to`: to each person to write
    to, as a reminder would be (a curator in copy). `to`: to that person only.

    extra: values of the room's variables (`amiable/letters/variables/ROOM.yaml`), a block being
    {"columns", "rows", "total"}; they also replace common ones. channel: post, lrar, email or sms puts it in
    the outbox; empty makes the PDF only (to sign, to hand over). attached: a file that goes with an e-mail.
    key: the same effect, once. Raises DomainError when a value is missing or the person cannot be reached
    that way."""
    present = OutboxItem.objects.filter(idempotency_key=f"one-{key}").first()
    if present is not None:
        return Issued(present.document, present)
    if channel and to is None:
        drafts = _drafts(account, code, channel, now, extra)
        items = _put_all(drafts, account, code, channel, actor, now, key, step)
        _attach(items[0], attached)
        return Issued(items[0].document, items[0], tuple(items[1:]))
    draft = _draft(account, code, channel or Channel.POST, now, to=to, extra=extra, preview=not channel)
    if draft.error is not None:
        raise draft.error
    if not channel:
        return Issued(_document(draft, account, code, actor, now), None)
    item = _put(draft, account, code, channel, actor, now, key, step)
    _attach(item, attached)
    return Issued(item.document, item)


def _attach(item: OutboxItem, document: Document | None) -> None:
    if document is not None and item.channel == Channel.EMAIL:
        OutboxItem.objects.filter(pk=item.pk).update(document=document)
        item.document = document


def _put(
    draft: Draft,
    account: Account,
    code: str,
    channel: str,
    actor: User | None,
    now: datetime,
    key: str,
    step: str,
) -> OutboxItem:
    if channel not in ways_out.available():
        raise DomainError("channel_absent", "Ce canal n’est pas installé.")
    item = OutboxItem.objects.create(
        office=account.office,
        idempotency_key=f"one-{key}",
        channel=channel,
        person=draft.person,
        account=account,
        contact_point=draft.contact,
        address=posted_to(draft),
        is_copy=draft.is_copy,
        document=_document(draft, account, code, actor, now),
        subject=draft.subject[:200],
        body=draft.body,
        origin="single",
        parcel=f"one-{key}"[:60] if draft.letter is not None else "",
        created_by=actor,
        step=step,
    )
    record("diary.message", office=account.office, actor=actor, target=item, account_id=account.pk)
    return item


def _own_words(draft: Draft, code: str, subject: str | None, body: str, account: Account) -> None:
    # The officer types plain text: braces or a debt told in an SMS are refused as in a template.
    wanted = catalogue.get(code)
    catalogue.check_discreet(wanted, subject or draft.subject, body)
    wording.check_variables(body, account.office.kind)
    if not body.strip():
        raise DomainError("empty_message", "Le message est vide.")
    draft.subject, draft.body = (subject or draft.subject).strip(), body.strip()
    if draft.is_copy:
        draft.body = f"{copy_sentence(draft)}\n\n{draft.body}"


def _document(
    draft: Draft, account: Account, code: str, actor: User | None, now: datetime
) -> Document | None:
    if draft.letter is None:
        return None
    typed = _typeset(account, draft)
    return store.add_document(
        office=account.office,
        code=code,
        title=title_of(draft),
        content=typed.pdf,
        dated_on=now.date(),
        actor=actor,
        account=account,
        person=draft.person,
        pages=typed.ranges[0][1],
    )


class SingleOrigin:
    """Answers for messages an officer sends by hand: their own decision is the last check."""

    def opens_at(self, item: OutboxItem, now: datetime) -> datetime:
        return proof.opening(item, now)

    def held_back(self, items: list[OutboxItem], now: datetime) -> dict[int, tuple[str, str]]:
        return proof.unreachable(items)

    def cancelled(self, item: OutboxItem, code: str, reason_fr: str, now: datetime) -> None:
        """The sending is listed as cancelled with its reason; the account's diary tells nothing that was."""

    def sent(self, items: list[OutboxItem], now: datetime) -> None:
        proof.write_dispatches([(i, i.account, i.step, None) for i in items if i.account is not None], now)

    def failed(self, item: OutboxItem, failure: ChannelFailure, now: datetime) -> None:
        if item.account is not None:
            proof.tell_failure(item.account, item, failure, now)

    def returned(self, item: OutboxItem, news: Delivery, now: datetime) -> None:
        if item.account is not None:
            proof.tell_return(item.account, item, now)


def register() -> None:
    origins.register("single", SingleOrigin())
