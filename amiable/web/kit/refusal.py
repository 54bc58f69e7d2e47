"""Something read that the domain may refuse: the page shows the sentence in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from amiable.domain.errors import DomainError

R = TypeVar("R")


def refused_or(read: Callable[[], R], otherwise: R) -> tuple[R, str]:
    """(what is read, ""), or (otherwise, why it cannot be)."""
    try:
        return read(), ""
    except DomainError as refusal:
        return otherwise, refusal.message_fr
