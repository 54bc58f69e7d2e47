"""The three questions of a file: why this, what is blocked and by what, what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from amiable.accounts.models import Account
from amiable.domain.decision.explanation import Explanation, StepReport
from amiable.domain.errors import DomainError
from amiable.positions import queries
from amiable.positions.models import AccountPosition

#: Blocked steps told at once; the others are folded.
_TOLD = 3
#: Reasons told for one step: the first ones say enough.
_REASONS = 2
_KEPT_SECONDS = 3600
#: A step further away than this is no news.
_HORIZON_DAYS = 92
#: Beginnings and turns of the explanation's sentences (domain.explanation, domain.telling).
_HELD = "compte en attente"
_NOT_DONE = "pas encore faite"
#: True of nearly everybody: they hold, and explain nothing.
_NO_REASONS = ("autre que", _NOT_DONE, "attendu :")


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
    #: What stops every chase, told once.
    held: str
    blocked: tuple[Blocked, ...]
    blocked_more: tuple[Blocked, ...]
    done: tuple[StepReport, ...]
    changes: tuple[str, ...]


def known_story(account: Account, position: AccountPosition, as_of: date) -> Story | None:
    """The story already told of this very position, if this process still has it."""
    return cache.get(_key(account, position, as_of))


def tell(account: Account, position: AccountPosition, as_of: date) -> Story | None:
    """The story of an account that owes; None when its office has no procedure yet.

    It takes the whole engine on a frame of one row, so it is kept as long as the position it explains.
    """
    found = known_story(account, position, as_of) or _tell(account, as_of)
    if found is not None:
        cache.set(_key(account, position, as_of), found, _KEPT_SECONDS)
    return found


def _key(account: Account, position: AccountPosition, as_of: date) -> str:
    return f"story:{account.pk}:{account.version}:{position.computed_at.timestamp()}:{as_of}"


def _tell(account: Account, as_of: date) -> Story | None:
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
        why += [line for line in current.holding if line not in found.why and _says(line)]
    waiting = [one for one in found.steps if one.state in ("blocked", "later") and one is not current]
    told = [_blocked(one) for one in sorted(waiting, key=lambda one: _remoteness(one, found.as_of))]
    return Story(
        procedure=found.procedure,
        as_of=found.as_of,
        why=tuple(_sentence(line) for line in dict.fromkeys(why) if line)[: _TOLD + 1],
        held=_sentence(found.held_fr),
        rules=found.rules,
        blocked=tuple(told[:_TOLD]),
        blocked_more=tuple(told[_TOLD:]),
        done=tuple(one for one in found.steps if one.state == "done"),
        changes=found.changes,
    )


def _says(line: str) -> bool:
    return not any(words in line for words in _NO_REASONS)


def _remoteness(report: StepReport, as_of: date) -> tuple[int, int]:
    """How far a step is: ready but held, coming by time alone, waiting for another step, then the rest.

    A step about something that never happened here (a fact nobody knows) interests nobody: it comes last.
    """
    reasons = _own_reasons(report)
    if not reasons:
        return 0, 0
    if report.unknown:
        return 4, len(reasons)
    days = (report.on - as_of).days if report.on is not None else None
    if days is not None:
        return (1, days) if days <= _HORIZON_DAYS else (5, days)
    if all(_NOT_DONE in line for line in reasons):
        return 2, len(reasons)
    return 3, len(reasons)


def _own_reasons(report: StepReport) -> list[str]:
    """What blocks this very step, the hold on the whole account apart."""
    return [line for line in report.blocking if not line.startswith(_HELD)]


def _blocked(report: StepReport) -> Blocked:
    reasons = _own_reasons(report)[:_REASONS] or ["prête, retenue avec tout le compte"]
    because = " ; ".join(reasons)
    if report.on is not None and report.state == "later":
        because += f" (le {report.on:%d/%m/%Y} au plus tôt)"
    return Blocked(report.label_fr, because, report.rules, report.on)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
