"""The three questions of a file: why this, what is blocked and by what, what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from amiable.domain.errors import DomainError
from amiable.domain.explanation import Explanation, StepReport
from amiable.ledger.models import Account
from amiable.positions import queries

#: Blocked steps told at once; the others are folded.
_TOLD = 3
#: Reasons told for one step: the first ones say enough.
_REASONS = 2


@dataclass(frozen=True)
class Blocked:
    """A step that does not come now, and why; `on`: the day it comes if nothing changes."""

    label: str
    because: str
    rules: tuple[str, ...]
    on: date | None


@dataclass(frozen=True)
class Story:
    """An explanation laid out for the fiche."""

    procedure: str
    as_of: date
    why: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    blocked: tuple[Blocked, ...]
    blocked_more: tuple[Blocked, ...]
    done: tuple[StepReport, ...]
    changes: tuple[str, ...]


def tell(account: Account, as_of: date) -> Story | None:
    """The story of an account that owes; None when its office has no procedure yet."""
    try:
        _row, found = queries.explain(account=account, as_of=as_of)
    except DomainError as error:
        if error.code != "nature_without_procedure":
            raise
        return None
    return story(found)


def story(found: Explanation) -> Story:
    """Sentences in the order an officer reads them: the verdict's own first."""
    current = next((one for one in found.steps if one.code == found.next_step), None)
    why = [found.why]
    if current is not None:
        why += [line for line in current.holding if line not in found.why]
    waiting = [one for one in found.steps if one.state in ("blocked", "later") and one is not current]
    told = [_blocked(one) for one in waiting]
    return Story(
        procedure=found.procedure,
        as_of=found.as_of,
        why=tuple(_sentence(line) for line in dict.fromkeys(why) if line),
        rules=found.rules,
        blocked=tuple(told[:_TOLD]),
        blocked_more=tuple(told[_TOLD:]),
        done=tuple(one for one in found.steps if one.state == "done"),
        changes=found.changes,
    )


def _blocked(report: StepReport) -> Blocked:
    reasons = report.blocking[:_REASONS]
    because = " ; ".join(reasons)
    if report.on is not None and report.state == "later":
        because += f" (le {report.on:%d/%m/%Y} au plus tôt)"
    return Blocked(report.label_fr, because, report.rules, report.on)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
