"""Reading a returned e-mail (RFC 3464): which message, which address, for good or not."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message as MailMessage
from email.policy import default

from amiable.channels.base import Delivery

FINAL = "failed"


def read_bounce(body: bytes) -> list[Delivery]:
    """Deliveries told by a delivery-status report; empty for any other mail.

    `delayed` reports are not bounces: the server keeps trying."""
    mail = message_from_bytes(body, policy=default)
    if mail.get_content_type() != "multipart/report":
        return []
    reference = _original_message_id(mail)
    found = []
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            found += [_delivery(block, reference) for block in part.walk() if block.get("Action")]
    return [delivery for delivery in found if delivery.state != "unknown"]


def _original_message_id(mail: MailMessage) -> str:
    for part in mail.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            payload = part.get_payload()
            if isinstance(payload, list) and payload and isinstance(payload[0], MailMessage):
                return str(payload[0].get("Message-ID", "")).strip()
            if isinstance(payload, str):
                return str(message_from_bytes(payload.encode()).get("Message-ID", "")).strip()
    return ""


def _delivery(block: MailMessage, reference: str) -> Delivery:
    action = str(block.get("Action", "")).strip().lower()
    status = str(block.get("Status", "")).strip()
    address = str(block.get("Final-Recipient", "")).rpartition(";")[2].strip()
    if action == FINAL and not status.startswith("4"):
        state = "bounced"
    elif action == "delivered":
        state = "delivered"
    else:
        state = "unknown"
    return Delivery(reference, state, reason=status, address=address)
