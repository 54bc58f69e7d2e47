"""What an answer does: named functions, reusable by every kind, that call the rooms' own services.

    @effect("my_effect")
    def my_effect(given: Happening, *, argument: str) -> None: ...

An effect runs inside the transaction of the answer, after the dossier moved; refusing with a DomainError
undoes everything. It never writes a second guard: what stops dunning is a hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from amiable.cases import limits
from amiable.cases.lifecycle import accounts_of, tell
from amiable.cases.models import Dossier
from amiable.core.models import User
from amiable.correspondence.models import Document
from amiable.diary import holds, requests
from amiable.diary.holds import active_on
from amiable.domain.cases.event import NIGHT, ROLES_FR, Event, Field
from amiable.domain.errors import DomainError


@dataclass(frozen=True)
class Happening:
    """An event being recorded: on its day, with what was typed (`values`) and the paper that says it."""

    dossier: Dossier
    event: Event
    on: date
    values: Mapping[str, Any]
    document: Document | None
    actor: User | None
    today: date

    def day(self, source: str) -> date:
        """`on`: the event's day; else the event's field of that name, or a date of the dossier."""
        found = self.on if source == "on" else self.values.get(source)
        found = found if found is not None else getattr(self.dossier, source, None)
        if not isinstance(found, date):
            raise DomainError("date_missing", "Une date nécessaire à cette réponse manque : indiquez-la.")
        return found

    @property
    def late_reason(self) -> str:
        """Why a limit this ends was late, as whoever records the event says it."""
        return str(self.values.get(LATE.code) or "")

    def drop(self, rule: str, said_fr: str) -> None:
        """Put away the limits of that rule (all for ""). said_fr: why, while they are in time. Once late,
        whoever records the event says why; what the night concludes from a silence is its own reason."""
        limits.drop(
            self.dossier,
            limits.running(self.dossier, rule),
            on=self.on,
            actor=self.actor,
            today=self.today,
            reason=said_fr if self.event.by == NIGHT else self.late_reason,
            in_time_fr=said_fr,
        )


#: Asked with an event while a limit it ends is past (`events.asked`); no kind declares it.
LATE = Field("late_reason", "Motif, si la limite est dépassée")

F = TypeVar("F", bound=Callable[..., None])

EFFECTS: dict[str, Callable[..., None]] = {}


def effect(name: str) -> Callable[[F], F]:
    """Register an effect under a name; two of the same name are an error of the code."""

    def keep(function: F) -> F:
        if name in EFFECTS:
            raise ValueError(f"two effects are named {name}")
        EFFECTS[name] = function
        return function

    return keep


def apply(given: Happening) -> None:
    """What the event does, in the order it says it: limits met, limits opened, parties served, effects."""
    for rule in given.event.meets:
        meet_limit(given, rule=rule)
    for opened in given.event.limits:
        add_limit(given, rule=opened.rule, since=opened.since)
    if given.event.serves:
        serve(given, role=given.event.serves)
    for each in given.event.effects:
        EFFECTS[each.effect](given, **each.given)


def serve(given: Happening, *, role: str) -> None:
    """The act is notified to those of that role, on the event's day, with its paper as proof."""
    found = given.dossier.parties.filter(role=role).update(served_on=given.on, proof=given.document)
    if not found:
        raise DomainError(
            "party_missing", f"Indiquez d’abord le {ROLES_FR[role]} de ce dossier : rien n’a été enregistré."
        )


@effect("add_limit")
def add_limit(given: Happening, *, rule: str, since: str = "on") -> None:
    """A legal delay starts: `since` names its day (`on`, a field of the answer, a date of the dossier)."""
    limits.add_limit(given.dossier, rule, from_on=given.day(since), actor=given.actor, today=given.today)


@effect("meet_limit")
def meet_limit(given: Happening, *, rule: str = "") -> None:
    """The answer's day meets the open limits of that rule (all of them without a rule)."""
    limits.meet(
        given.dossier, rule, on=given.on, actor=given.actor, today=given.today, reason=given.late_reason
    )


@effect("drop_limits")
def drop_limits(given: Happening, *, rule: str = "", reason: str) -> None:
    """The answer makes the open limits of that rule pointless; `reason` says why while they are in time."""
    given.drop(rule, reason)


@effect("start_hold")
def start_hold(given: Happening, *, kind: str, reason: str, until_rule: str = "", until: str = "") -> None:
    """Dunning stops, until the open limit of `until_rule`, the answer's field `until`, or without end."""
    ends_on = given.values.get(until) if until else None
    if until_rule:
        found = limits.running(given.dossier, until_rule).order_by("-limit_on").first()
        ends_on = found.limit_on if found else None
    if ends_on is not None and ends_on < given.today:
        return
    for account in accounts_of(given.dossier):
        holds.record_hold(
            account=account,
            kind=kind,
            reason=reason,
            starts_on=given.today,
            ends_on=ends_on,
            actor=given.actor,
            today=given.today,
        )


@effect("end_hold")
def end_hold(given: Happening, *, kind: str, reason: str = "") -> None:
    """The holds of that kind end; with `reason`, only those this very reason started."""
    for account in accounts_of(given.dossier):
        rows = account.holds.filter(active_on(given.today), kind=kind)
        for hold in rows.filter(reason=reason) if reason else rows:
            holds.end_hold(hold, on=given.today, actor=given.actor)


@effect("mark_step")
def mark_step(given: Happening, *, step: str) -> None:
    """The answer accomplishes a step of the procedure, on its own day."""
    tell(given.dossier, "step", actor=given.actor, today=given.today, on=given.on, step=step)


@effect("ask")
def ask(given: Happening, *, code: str, text: str, until_rule: str = "") -> None:
    """A request to the officer of the account, once, due by the open limit of `until_rule` if any."""
    found = limits.running(given.dossier, until_rule).order_by("limit_on").first()
    due_on = found.limit_on if found and found.limit_on >= given.today else None
    account = given.dossier.account
    requests.raise_work(
        account=account,
        code=code,
        text=f"{text} (compte {account.ref})",
        key=f"dossier:{given.dossier.pk}:{code}:{given.on.isoformat()}",
        assignee=account.officer,
        due_on=due_on,
    )
