"""What every way out promises: one message in, one receipt or one typed failure out.

A channel is a folder one can delete: `discover()` lists the folders that are there, nobody else names them.
A channel never reads the database; whoever calls it keeps the state (see correspondence.outbox).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol


class ChannelFailure(Exception):
    """A message did not leave. `code` is stable and stored; `message_fr` is shown to the officer."""

    def __init__(self, code: str, message_fr: str) -> None:
        super().__init__(message_fr)
        self.code = code
        self.message_fr = message_fr


class TemporaryFailure(ChannelFailure):
    """Try again later: nothing says that the address is wrong (network, quota, greylisting, 5xx)."""


class PermanentFailure(ChannelFailure):
    """Trying again cannot help. `contact_problem` is true when the address itself is at fault,
    so that the caller records a contact problem and work for somebody, instead of a silent loss."""

    def __init__(self, code: str, message_fr: str, *, contact_problem: bool = False) -> None:
        super().__init__(code, message_fr)
        self.contact_problem = contact_problem


class UncertainOutcome(ChannelFailure):
    """The message may have left: the link broke after it was handed over.

    Only a provider that does not honour an idempotency key raises it. It is never retried by itself:
    a person looks, because writing twice to somebody is worse than asking a colleague."""


@dataclass(frozen=True)
class Attachment:
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """One message to one address. `key` is the idempotency key: same key, same message, sent once."""

    key: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """The proof: who took the message, under which reference, when."""

    provider: str
    reference: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True)
class Delivery:
    """News of a message already sent. `state`: sent, delivered, bounced, rejected, opted_out, unknown."""

    reference: str
    state: str
    at: datetime | None = None
    reason: str = ""
    address: str = ""

    @property
    def is_contact_problem(self) -> bool:
        return self.state in ("bounced", "rejected")


@dataclass(frozen=True)
class Cost:
    """`parts` counts what is billed (SMS parts, sheets); `cents` is an estimate, None when unknown."""

    parts: int
    cents: int | None = None


@dataclass(frozen=True)
class Limits:
    """What the provider takes: parts per message, messages per second (None = no limit known)."""

    max_parts: int | None = None
    per_second: float | None = None


class Provider(Protocol):
    """Five methods, nothing else: send, status, webhook, cost, limits.

    `idempotent`: sending the same key twice delivers once (a spool file, an API with an idempotency key).
    When false, a send interrupted half-way is not repeated without a person's decision.
    `is_spool`: nothing leaves the machine.
    """

    name: str
    idempotent: bool
    is_spool: bool

    def send(self, message: Message) -> Receipt: ...

    def status(self, reference: str) -> Delivery: ...

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> list[Delivery]: ...

    def cost(self, message: Message) -> Cost: ...

    def limits(self) -> Limits: ...


@dataclass(frozen=True)
class Settings:
    """What a channel may know of its surroundings. `demo`: nothing may leave, whatever else is set."""

    spool_dir: Path
    demo: bool
    now: datetime
    options: Mapping[str, str] = field(default_factory=dict)


@cache
def discover() -> tuple[str, ...]:
    """Codes of the channels present: the sub-folders that have a `provider(settings)` function."""
    package = importlib.import_module("amiable.channels")
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg))


def provider(channel: str, settings: Settings) -> Provider:
    """The provider the office has chosen for `channel`.

    Raises PermanentFailure("channel_absent") when the folder was removed from this installation."""
    if channel not in discover():
        raise PermanentFailure("channel_absent", f"Le canal « {channel} » n'est pas installé.")
    return importlib.import_module(f"amiable.channels.{channel}").provider(settings)
