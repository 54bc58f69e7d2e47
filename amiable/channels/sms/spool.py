"""SMS into files: one JSON per message under `spool/sms`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from amiable.channels.base import Cost, Delivery, Limits, Message, Receipt, Settings
from amiable.channels.sms.numbers import to_e164
from amiable.channels.sms.parts import measure
from amiable.channels.spool import write_once


class SpoolSms:
    name = "spool"
    idempotent = True
    is_spool = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.spool_dir / "sms"

    def send(self, message: Message) -> Receipt:
        size = measure(message.text)
        content: dict[str, Any] = {
            "key": message.key,
            "to": to_e164(message.to),
            "text": message.text,
            "encoding": size.encoding,
            "parts": size.parts,
            "at": self.settings.now.isoformat(),
        }
        data = json.dumps(content, ensure_ascii=False, indent=1).encode()
        path, _ = write_once(self.folder, message.key, ".json", data)
        return Receipt(self.name, path.name, self.settings.now, f"{size.parts} SMS")

    def status(self, reference: str) -> Delivery:
        state = "sent" if (self.folder / reference).is_file() else "unknown"
        return Delivery(reference, state)

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Delivery]:
        return []

    def cost(self, message: Message) -> Cost:
        return Cost(measure(message.text).parts, 0)

    def limits(self) -> Limits:
        return Limits()
