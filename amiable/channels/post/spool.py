"""Letters into files under `spool/post`: `<key>.pdf` to print, `<key>.csv` for the post office's counter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from amiable.channels.base import Cost, Delivery, Limits, Message, PermanentFailure, Receipt, Settings
from amiable.channels.spool import write_once


class SpoolPost:
    name = "spool"
    idempotent = True
    is_spool = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.spool_dir / "post"

    def send(self, message: Message) -> Receipt:
        """Write every attachment under the batch's key. The PDF goes last: once it is there, the batch is
        whole, and a kill before that repeats harmlessly."""
        files = sorted(message.attachments, key=lambda part: part.mime == "application/pdf")
        if not files:
            raise PermanentFailure("empty", "Ce lot de courrier ne contient aucune lettre.")
        name = ""
        for part in files:
            path, _ = write_once(self.folder, message.key, PurePath(part.name).suffix, part.content)
            name = path.name
        return Receipt(self.name, name, self.settings.now)

    def status(self, reference: str) -> Delivery:
        state = "sent" if (self.folder / reference).is_file() else "unknown"
        return Delivery(reference, state)

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Delivery]:
        return []

    def cost(self, message: Message) -> Cost:
        return Cost(len(message.attachments), None)

    def limits(self) -> Limits:
        return Limits()
