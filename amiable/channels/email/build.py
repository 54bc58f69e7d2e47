"""One message as an e-mail, the same for the spool and for the real world."""

from __future__ import annotations

import hashlib
import re
from email.utils import parseaddr

from django.core.mail import EmailMultiAlternatives

from amiable.channels.base import Message, PermanentFailure

ADDRESS = re.compile(r"[^@\s\"<>(),;:\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")


def message_id(key: str, sender: str) -> str:
    """The Message-ID, a function of the idempotency key: a second copy, wherever it came from, is
    recognisable by every mail system as the same message."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "amiable.invalid"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def build(message: Message, default_sender: str) -> EmailMultiAlternatives:
    """Raises PermanentFailure for an address that cannot exist, or a line break in subject or address."""
    if not ADDRESS.fullmatch(message.to):
        raise PermanentFailure(
            "bad_address", f"« {message.to} » n'est pas une adresse électronique.", contact_problem=True
        )
    if "\n" in message.subject or "\r" in message.subject:
        raise PermanentFailure("bad_subject", "L'objet de l'e-mail contient un retour à la ligne.")
    sender = message.sender or default_sender
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=sender,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        # Auto-Submitted keeps out-of-office replies from coming back to the officer's mailbox.
        headers={"Message-ID": message_id(message.key, sender), "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for part in message.attachments:
        mail.attach(part.name, part.content, part.mime)
    return mail
