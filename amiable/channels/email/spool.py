"""E-mails into files: one `.eml` per message under `spool/email`, which any mail reader opens."""

from __future__ import annotations

from collections.abc import Mapping

from amiable.channels.base import Cost, Delivery, Limits, Message, Receipt, Settings
from amiable.channels.email.build import build, message_id
from amiable.channels.spool import write_once


class SpoolMail:
    name = "spool"
    idempotent = True
    is_spool = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.spool_dir / "email"
        self.sender = settings.options.get("email_from", "ne-pas-repondre@exemple.fr")

    def send(self, message: Message) -> Receipt:
        mail = build(message, self.sender)
        write_once(self.folder, message.key, ".eml", mail.message().as_bytes(linesep="\r\n"))
        return Receipt(self.name, message_id(message.key, mail.from_email), self.settings.now)

    def status(self, reference: str) -> Delivery:
        return Delivery(reference, "unknown")

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Delivery]:
        return []

    def cost(self, message: Message) -> Cost:
        return Cost(1, 0)

    def limits(self) -> Limits:
        return Limits()
