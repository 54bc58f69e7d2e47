"""The one door everything leaves by. An item is claimed by a conditional update with a lease, sent, then
written as sent in one transaction with its proof. Killed anywhere, the same function takes it up again:

- before the claim, or before the sending: the item is still due;
- after the sending, before it was written: a provider that knows the key (spool, some APIs) is asked again
  and sends nothing twice; with one that does not (SMTP), the item becomes « à vérifier » for a person.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from amiable.channels.base import (
    Attachment,
    ChannelFailure,
    Message,
    Provider,
    Receipt,
    TemporaryFailure,
    UncertainOutcome,
)
from amiable.core.lifecycle import move_all
from amiable.correspondence import origins, store, ways_out
from amiable.correspondence.lifecycle import OUTBOX
from amiable.correspondence.models import OutboxItem
from amiable.correspondence.parcels import parcel_message
from amiable.domain.errors import DomainError

logger = logging.getLogger(__name__)

#: Longer than any provider's own time limit: an item still claimed after it belongs to a dead worker.
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 6
RETRY_CHECK = timedelta(minutes=15)
#: Items checked together just before they leave: small, so that the check is seconds old at most.
CHUNK = 25
Status = OutboxItem.Status
Progress = Callable[[int], None]


def ready(now: datetime) -> Q:
    """Items to send at `now`: due, or claimed by somebody whose lease ended.

    Leases are real time (a worker dies in real time); due dates follow the office's clock."""
    due = Q(status=Status.WAITING) & (Q(not_before_at=None) | Q(not_before_at__lte=now))
    return due | Q(status=Status.SENDING, lease_until_at__lt=timezone.now())


def dispatch_due(
    now: datetime, *, among: QuerySet[OutboxItem] | None = None, progress: Progress | None = None
) -> int:
    """Send everything due, oldest first; how many items were settled (sent, failed, held back or put off)."""
    items = OutboxItem.objects.all() if among is None else among
    seen: set[int] = set()
    settled = 0
    while parcel := items.filter(ready(now)).exclude(parcel="").exclude(pk__in=seen).first():
        group = list(OutboxItem.objects.filter(ready(now), parcel=parcel.parcel).values_list("pk", flat=True))
        seen.update(group)
        settled += _dispatch_parcel(parcel.parcel, now)
        _tell(progress, settled)
    last = 0
    while chunk := list(_singles(items, now, last)):
        last = chunk[-1].pk
        for item in _checked(chunk, now):
            _dispatch_one(item, now)
        settled += len(chunk)
        _tell(progress, settled)
    return settled


def _tell(progress: Progress | None, settled: int) -> None:
    if progress is not None:
        progress(settled)


def _singles(items: QuerySet[OutboxItem], now: datetime, after: int) -> QuerySet[OutboxItem]:
    due = items.filter(ready(now), parcel="", pk__gt=after).order_by("pk")
    return due.select_related("office", "person", "account", "contact_point", "document")[:CHUNK]


def _checked(chunk: Iterable[OutboxItem], now: datetime) -> list[OutboxItem]:
    """The items that may leave now; the others are cancelled with their reason, or put off to the window."""
    by_origin: dict[str, list[OutboxItem]] = {}
    for item in chunk:
        by_origin.setdefault(item.origin, []).append(item)
    kept = []
    for name, items in by_origin.items():
        try:
            kept += _checked_by(name, items, now)
        except Exception as error:
            _put_off(items, error, now)
    return kept


def _checked_by(name: str, items: list[OutboxItem], now: datetime) -> list[OutboxItem]:
    origin = origins.get(name)
    open_items = []
    for item in items:
        opens_at = origin.opens_at(item, now)
        if opens_at > now:
            OutboxItem.objects.filter(pk=item.pk, status=Status.WAITING).update(not_before_at=opens_at)
        else:
            open_items.append(item)
    held = _held_back(open_items, now)
    for item in open_items:
        if item.pk in held:
            _cancel(item, *held[item.pk], now)
    return [item for item in open_items if item.pk not in held]


def _held_back(items: list[OutboxItem], now: datetime) -> dict[int, tuple[str, str]]:
    # An item found half-way may have left already: its check is behind it, only its outcome is missing.
    fresh = [item for item in items if item.status == Status.WAITING]
    return origins.get(fresh[0].origin).held_back(fresh, now) if fresh else {}


def _put_off(items: Iterable[OutboxItem], error: Exception, now: datetime) -> None:
    """The check itself failed: these items stay, are tried again later, and do not stop the others."""
    logger.error("outbox: the last check failed", exc_info=error)
    told = error.message_fr if isinstance(error, DomainError) else "La dernière vérification a échoué."
    OutboxItem.objects.filter(pk__in=[item.pk for item in items], status=Status.WAITING).update(
        not_before_at=now + RETRY_CHECK, error_fr=f"{told} Nouvel essai prévu."[:300]
    )


def _cancel(item: OutboxItem, code: str, reason_fr: str, now: datetime) -> bool:
    with transaction.atomic():
        mine = OutboxItem.objects.filter(pk=item.pk)
        done = move_all(mine, Status.CANCELLED, OUTBOX, error_fr=reason_fr[:300])
        if done:
            origins.get(item.origin).cancelled(item, code, reason_fr, now)
    return bool(done)


def cancel_waiting(items: QuerySet[OutboxItem], code: str, reason_fr: str, now: datetime) -> int:
    """Call back what has not left yet; what is being sent or is sent stays. How many were called back."""
    waiting = items.filter(status=Status.WAITING).select_related("account", "person", "office")
    return sum(_cancel(item, code, reason_fr, now) for item in waiting)


def _claim(found: QuerySet[OutboxItem], now: datetime) -> str:
    """Mark the ready items among `found` as ours; the mark, or "" when somebody else was faster."""
    mark = uuid.uuid4().hex
    taken = move_all(
        found.filter(ready(now)),
        Status.SENDING,
        OUTBOX,
        claim=mark,
        lease_until_at=timezone.now() + LEASE,
        attempts=F("attempts") + 1,
    )
    return mark if taken else ""


def _dispatch_one(item: OutboxItem, now: datetime) -> None:
    was_lost = item.status == Status.SENDING
    mark = _claim(OutboxItem.objects.filter(pk=item.pk), now)
    if not mark:
        return
    try:
        provider = ways_out.provider(item.channel, now)
        if was_lost and not provider.idempotent:
            raise UncertainOutcome(
                "interrupted", "L’envoi a été interrompu : vérifier si le message est parti."
            )
        receipt = _send(provider, _message(item))
    except ChannelFailure as failure:
        _write_failure(item, mark, failure, now)
    else:
        _write_sent([item], mark, receipt, now)


def _send(provider: Provider, message: Message) -> Receipt:
    """`provider.send`, its surprises turned into typed failures: a doubt is never sent twice by itself."""
    try:
        receipt = provider.send(message)
    except ChannelFailure:
        raise
    except Exception as error:
        logger.exception("channel failed on %s", message.key)
        if provider.idempotent:
            raise TemporaryFailure(
                "unexpected", "Erreur inattendue du canal ; nouvel essai prévu."
            ) from error
        raise UncertainOutcome(
            "unexpected", "Erreur inattendue du canal : vérifier si le message est parti."
        ) from error
    rate = provider.limits().per_second
    if rate:
        time.sleep(1 / rate)
    return receipt


def _message(item: OutboxItem) -> Message:
    return Message(
        key=item.idempotency_key,
        to=item.contact_point.value if item.contact_point else "",
        text=item.body,
        subject=item.subject,
        reply_to=item.office.email if item.channel == OutboxItem.Channel.EMAIL else "",
        attachments=_attachments(item),
    )


def _attachments(item: OutboxItem) -> tuple[Attachment, ...]:
    """The file that goes with an e-mail, an appointment for the calendar; a letter is its own document."""
    document = item.document
    if item.channel != OutboxItem.Channel.EMAIL or document is None:
        return ()
    suffix = {"text/calendar": "ics", store.PDF: "pdf"}.get(document.media_type, "bin")
    return (Attachment(f"{document.code}.{suffix}", document.media_type, store.read(document)),)


def _write_sent(items: list[OutboxItem], mark: str, receipt: Receipt, now: datetime) -> None:
    """Outcome and proof together. Nothing is written when the lease was lost and somebody else took over."""
    with transaction.atomic():
        mine = OutboxItem.objects.filter(
            pk__in=[item.pk for item in items], claim=mark, status=Status.SENDING
        )
        proof = {
            "provider": receipt.provider,
            "reference": receipt.reference,
            "at": receipt.at.isoformat(),
            "detail": receipt.detail,
        }
        kept = set(mine.values_list("pk", flat=True))
        move_all(
            mine,
            Status.SENT,
            OUTBOX,
            sent_at=now,
            provider=receipt.provider,
            provider_ref=receipt.reference[:120],
            proof=proof,
            lease_until_at=None,
            error_fr="",
        )
        written = [item for item in items if item.pk in kept]
        for item in written:
            item.status, item.sent_at, item.proof = Status.SENT, now, proof
        if written:
            origins.get(written[0].origin).sent(written, now)


def _write_failure(item: OutboxItem, mark: str, failure: ChannelFailure, now: datetime) -> None:
    """Temporary: later, twice as late each time, then a failure. The rest is told to the origin."""
    attempts = item.attempts + 1
    mine = OutboxItem.objects.filter(pk=item.pk, claim=mark, status=Status.SENDING)
    with transaction.atomic():
        if isinstance(failure, TemporaryFailure) and attempts < MAX_ATTEMPTS:
            later = now + timedelta(minutes=5 * 2 ** (attempts - 1))
            move_all(
                mine,
                Status.WAITING,
                OUTBOX,
                not_before_at=later,
                lease_until_at=None,
                error_fr=failure.message_fr[:300],
            )
            return
        status = Status.UNCERTAIN if isinstance(failure, UncertainOutcome) else Status.FAILED
        if move_all(mine, status, OUTBOX, lease_until_at=None, error_fr=failure.message_fr[:300]):
            item.status = status
            origins.get(item.origin).failed(item, failure, now)


def _dispatch_parcel(parcel: str, now: datetime) -> int:
    """The letters of a batch as one file to print, less those held back at the last moment."""
    found = OutboxItem.objects.filter(parcel=parcel)
    items = list(
        found.filter(ready(now))
        .select_related("office", "person", "account", "contact_point", "document__parent")
        .order_by("pk")
    )
    try:
        held = _held_back(items, now)
        message = parcel_message(parcel, [item for item in items if item.pk not in held]) if items else None
    except Exception as error:
        _put_off(items, error, now)
        return len(items)
    for item in items:
        if item.pk in held:
            _cancel(item, *held[item.pk], now)
    mine = [item for item in items if item.pk not in held]
    mark = _claim(found, now) if mine else ""
    if not mark or message is None:
        return len(items)
    try:
        provider = ways_out.provider(mine[0].channel, now)
        receipt = _send(provider, message)
    except ChannelFailure as failure:
        for item in mine:
            _write_failure(item, mark, failure, now)
    else:
        _write_sent(mine, mark, receipt, now)
    return len(items)


def resolve_doubt(item: OutboxItem, *, left: bool, now: datetime) -> None:
    """A person looked: the message left (written as sent), or it did not (sent again now)."""
    with transaction.atomic():
        doubtful = OutboxItem.objects.filter(pk=item.pk, status=Status.UNCERTAIN)
        if left:
            mark = uuid.uuid4().hex
            if move_all(doubtful, Status.SENDING, OUTBOX, claim=mark):
                receipt = Receipt("person", item.provider_ref or item.idempotency_key, now, "vérifié")
                _write_sent([item], mark, receipt, now)
        else:
            move_all(doubtful, Status.WAITING, OUTBOX, not_before_at=None, attempts=0, error_fr="")
