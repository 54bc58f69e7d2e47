"""The clock, read at the doors only (cli, web, worker); below them `today` is an argument."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from amiable.domain.errors import DomainError

PARIS = ZoneInfo("Europe/Paris")


def today() -> date:
    """Today in Paris, or the day AMIABLE_TODAY names (ISO)."""
    given = os.environ.get("AMIABLE_TODAY")
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise DomainError(
                "bad_today", f"AMIABLE_TODAY doit être une date AAAA-MM-JJ, pas « {given} »."
            ) from None
    return datetime.now(PARIS).date()


def now() -> datetime:
    """The present moment in Paris, on the day `today()` gives."""
    moment = datetime.now(PARIS)
    return (
        moment.replace(year=today().year, month=today().month, day=today().day)
        if os.environ.get("AMIABLE_TODAY")
        else moment
    )
