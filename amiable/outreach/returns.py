"""What comes back: returned letters, bounced e-mails, undelivered SMS, LRAR numbers."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from amiable.channels.base import Delivery
from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.lifecycle import move_all
from amiable.core.models import User
from amiable.correspondence import origins
from amiable.correspondence.lifecycle import OUTBOX
from amiable.correspondence.models import OutboxItem
from amiable.diary.doings import SENT
from amiable.diary.models import DiaryEntry
from amiable.diary.services import record_notification
from amiable.domain.errors import DomainError
from amiable.parties.models import Person

Status = OutboxItem.Status


@transaction.atomic
def record_returned_letter(*, item: OutboxItem, actor: User, now: datetime) -> None:
    """A letter came back (NPAI): the address is at fault, somebody has work. Noted twice, written once."""
    require(actor, "work_accounts")
    if item.channel not in (OutboxItem.Channel.POST, OutboxItem.Channel.LRAR):
        raise DomainError("not_a_letter", "Seul un courrier peut revenir de la Poste.")
    if _bounce(item, Delivery(item.provider_ref, "bounced", reason="NPAI"), now):
        record("outbox.returned", office=item.office, actor=actor, target=item, account_id=item.account_id)


@transaction.atomic
def record_news(news: Delivery, now: datetime) -> bool:
    """News from a provider or a mail server; False when it concerns nothing we sent.

    A reference may belong to several items only when a provider reuses it: the newest is meant."""
    if not news.reference:
        return False
    sent = OutboxItem.objects.filter(provider_ref=news.reference).select_related("person", "account")
    item = sent.order_by("-pk").first()
    if item is None:
        return False
    if news.state == "opted_out":
        Person.objects.filter(pk=item.person_id).update(sms_opt_out=True)
        return True
    if news.state == "delivered":
        proof = {**item.proof, "delivered_at": (news.at or now).isoformat(timespec="seconds")}
        OutboxItem.objects.filter(pk=item.pk, status=Status.SENT).update(proof=proof)
        return True
    return _bounce(item, news, now) if news.is_contact_problem else False


def _bounce(item: OutboxItem, news: Delivery, now: datetime) -> bool:
    back = f"Revenu : {news.reason}"[:300]
    done = move_all(OutboxItem.objects.filter(pk=item.pk), Status.BOUNCED, OUTBOX, error_fr=back)
    if done:
        item.refresh_from_db()
        origins.get(item.origin).returned(item, news, now)
    return bool(done)


@transaction.atomic
def record_received(*, item: OutboxItem, on: date, proof: str, actor: User, today: date) -> int:
    """The person received the letter on `on` (its acknowledgement came back): the delays of each account it
    was about run from that day. Returns how many accounts were told."""
    require(actor, "work_accounts")
    if item.status != Status.SENT or item.is_copy:
        raise DomainError("not_sent", "Seul un envoi parti, et non une copie, peut être noté reçu.")
    sent = DiaryEntry.objects.filter(outbox_item_id=item.pk, kind__in=SENT).exclude(step="")
    told = 0
    for entry in sent.select_related("account__office").order_by("pk"):
        record_notification(
            account=entry.account,
            step=entry.step,
            on=on,
            proof=proof or item.tracking_number,
            actor=actor,
            today=today,
        )
        told += 1
    if not told:
        raise DomainError(
            "no_step", "Cet envoi n’accomplit aucune étape : sa réception ne fait courir aucun délai."
        )
    return told


@transaction.atomic
def set_tracking_number(*, item: OutboxItem, number: str, actor: User, today: date) -> None:
    """The LRAR number given at the post office's counter."""
    require(actor, "work_accounts")
    cleaned = " ".join(number.split()).upper()
    if item.channel != OutboxItem.Channel.LRAR:
        raise DomainError("not_registered", "Cette lettre n’est pas un recommandé.")
    if not cleaned or len(cleaned) > 40 or not cleaned.replace(" ", "").isalnum():
        raise DomainError("bad_tracking", f"« {number} » n’est pas un numéro de recommandé.")
    OutboxItem.objects.filter(pk=item.pk).update(tracking_number=cleaned)
    record("outbox.tracking", office=item.office, actor=actor, target=item, account_id=item.account_id)
