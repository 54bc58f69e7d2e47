"""A limit that has begun to run: what postpones, suspends, resumes or interrupts it, event after event. Pure.

A suspension stops the count without erasing the days already run (C. civ. 2230); an interruption erases them
and the same period runs again from its day (C. civ. 2231). What has run out neither stops nor begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from amiable.domain.errors import DomainError

OPENED, POSTPONED, SUSPENDED, RESUMED, INTERRUPTED, MET, CLOSED = (
    "opened",
    "postponed",
    "suspended",
    "resumed",
    "interrupted",
    "met",
    "closed",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a limit on a day. to_on: the last day a postponement gives."""

    what: str
    on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Where a limit stands. since_on: the day its present count began, or stopped when it is suspended."""

    since_on: date
    limit_on: date
    suspended: bool = False


def after(run: Run, one: Happening, again: Callable[[date], date]) -> Run:
    """The limit once that happened. again: the last day of the whole period begun anew on a day.

    Raises DomainError when it cannot happen there: nothing is written then."""
    if one.on < run.since_on:
        raise DomainError(
            "limit_too_early",
            f"Cette limite court autrement depuis le {_fr(run.since_on)} : vérifiez la date.",
        )
    if one.what == RESUMED:
        return _resumed(run, one.on)
    if not run.suspended and one.on > run.limit_on and one.what != POSTPONED:
        raise DomainError(
            "limit_passed",
            f"La limite du {_fr(run.limit_on)} était passée le {_fr(one.on)} : ce qui a pris fin ne s’arrête "
            "ni ne recommence.",
        )
    if one.what == INTERRUPTED:
        return replace(run, since_on=one.on, limit_on=again(one.on))
    if run.suspended:
        raise DomainError("limit_suspended", f"Cette limite est suspendue depuis le {_fr(run.since_on)}.")
    if one.what == SUSPENDED:
        return replace(run, since_on=one.on, suspended=True)
    if one.what != POSTPONED:
        raise ValueError(one.what)
    return _postponed(run, one)


def _resumed(run: Run, on: date) -> Run:
    if not run.suspended:
        raise DomainError("limit_not_suspended", "Cette limite n’est pas suspendue.")
    return Run(since_on=on, limit_on=run.limit_on + (on - run.since_on))


def _postponed(run: Run, one: Happening) -> Run:
    if one.to_on is None or one.to_on <= run.limit_on:
        raise DomainError(
            "limit_not_later",
            f"Un report donne un jour plus tardif que le {_fr(run.limit_on)} : indiquez-le.",
        )
    return replace(run, limit_on=one.to_on)


def replay(opened: Run, happened: Iterable[Happening], again: Callable[[date], date]) -> Run:
    """Where a limit stands after everything that happened to it, in order."""
    run = opened
    for one in happened:
        run = after(run, one, again)
    return run


def _fr(day: date) -> str:
    return f"{day:%d/%m/%Y}"
