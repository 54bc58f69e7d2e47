"""Who asked for a sending: the rooms above answer for the last check before it and for the proof after it.

Correspondence knows neither diary nor procedure; an origin registers when its room loads.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from amiable.channels.base import ChannelFailure, Delivery
from amiable.correspondence.models import OutboxItem
from amiable.domain.errors import DomainError


class Origin(Protocol):
    """`cancelled`, `sent`, `failed` and `returned` run inside the transaction that writes the items' outcome:
    both are kept, or neither."""

    def opens_at(self, item: OutboxItem, now: datetime) -> datetime:
        """The first moment from `now` on at which this item may reach somebody (DUN-08)."""
        ...

    def held_back(self, items: list[OutboxItem], now: datetime) -> dict[int, tuple[str, str]]:
        """Items that must not leave after all: id -> (code, reason in French). Called just before sending."""
        ...

    def cancelled(self, item: OutboxItem, code: str, reason_fr: str, now: datetime) -> None: ...

    def sent(self, items: list[OutboxItem], now: datetime) -> None: ...

    def failed(self, item: OutboxItem, failure: ChannelFailure, now: datetime) -> None: ...

    def returned(self, item: OutboxItem, news: Delivery, now: datetime) -> None: ...


_ORIGINS: dict[str, Origin] = {}


def register(name: str, origin: Origin) -> None:
    _ORIGINS[name] = origin


def get(name: str) -> Origin:
    """Raises DomainError for an item nobody answers for: it must not leave unchecked."""
    try:
        return _ORIGINS[name]
    except KeyError:
        raise DomainError("unknown_origin", f"Aucun service ne répond de l’envoi « {name} ».") from None
