"""What a dossier is, whatever the partner: how a kind is declared, its lifecycle, its windows. Pure.

A kind (`kinds/*.py` of a room above) is one `Kind` value. Its conditions are those of procedures, over the
same facts; `windows` judges a column of accounts at once, one account being a frame of one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import polars as pl

from amiable.domain.cases.event import STAYS, Event, Field, LimitRule
from amiable.domain.cases.family import IN_PREPARATION, OPEN, PARTNER_FAMILY, Family
from amiable.domain.check import OK, UNKNOWN, WATCH, Check
from amiable.domain.decision import conditions
from amiable.domain.decision.conditions import Condition
from amiable.domain.decision.facts import Fact, step_column
from amiable.domain.errors import DomainError
from amiable.domain.text import french


class CaseView(Protocol):
    """What the functions of a kind may read of a case: the domain does not know where it is kept."""

    pk: int
    kind: str
    stage: str
    fields: dict[str, Any]
    reference: str
    regime: str
    answer: str
    opened_on: date
    event_on: date | None
    sent_on: date | None
    answered_on: date | None


C = TypeVar("C", bound=CaseView)


@dataclass(frozen=True)
class Piece:
    """A required piece. source: where it is already held (a name of `cases.pieces.SOURCES`); empty: only
    somebody can bring it. ask_fr: the request sent to a colleague when it is missing."""

    code: str
    label_fr: str
    source: str = ""
    required: bool = True
    ask_fr: str = ""


def criterion(code: str, label_fr: str, said_fr: str, met: bool | None, rule: str) -> Check:
    """What a partner looks at; None: nobody knows. Only advice: the partner alone decides."""
    if met is None:
        return Check(code, label_fr, said_fr, UNKNOWN, (rule,))
    return Check(code, label_fr, said_fr, OK if met else WATCH, (rule,), word_fr=_MET[met])


_MET = {True: "rempli", False: "non rempli"}


@dataclass(frozen=True)
class Paper:
    """A document the case makes: a wording of room `dossiers`. event: the act it is made for, by default the
    one by which the case leaves."""

    wording: str
    label_fr: str
    event: str = ""


@dataclass(frozen=True)
class Kind(Generic[C]):
    """code, label: what it is. partner_fr: who is seized. traits: it fits the creditors that have
    one of them. must_fr:
    when one must, when one may, in a sentence.

    possible / due: conditions (the data of a procedure's `when`); never both ways, `stops` wins. opens_fact:
    the date fact since which it is due; without it the day the condition holds. limits: the first whose date
    is known gives the limit shown. step: the procedure's step that sending it accomplishes. proposed: the
    night opens the dossier by itself on the day it is due. regime_fact: the code fact naming the rule the
    dossier keeps for its whole life.
    prefill(dossier, facts, today) -> {field: value}; values(dossier, today) -> {variable: value or block};
    exports: {file name: (dossier, today) -> bytes}. capability: who prepares; answer_capability: who answers.
    several: one may follow another in the same spell of debt, each for its own event (monthly claims): `due`
    alone says when, through `opens_fact`. partner_kind: the kind whose partners
    it goes to, its own by default. internal: to a colleague, so it leaves as soon as it is worded. silences:
    rule of a limit -> the event the night records the day after that limit when nobody answered.
    advice(dossier, today) -> checks told on the dossier's page: what the partner looks at, and what
    is known of it.
    recipients(dossier, today) -> the persons written to, each their own letter; by default the partner.
    personal(dossier, person) -> variables of one recipient's letter. asked(dossier, today) -> (entry, cents)
    asked of who answers for the debtor: what their payment settles, and is owed to them from then on (AL-05).
    noun_fr: its name in a sentence, when it is not its label.
    family: the stages it walks. gate(dossier, today) -> checks asked before it leaves and before each act,
    beside the pieces and what it says: a red one refuses. parties: the roles of those it must know by then.
    aside(dossier, today) -> what its page shows beside (names of the template). has_notes: who answers it
    keeps notes of their own.
    """

    code: str
    label_fr: str
    partner_fr: str
    traits: tuple[str, ...]
    must_fr: str
    possible: Any = None
    due: Any = None
    stops: Any = None
    opens_fact: str = ""
    limits: tuple[LimitRule, ...] = ()
    rules: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    fields: tuple[Field, ...] = ()
    papers: tuple[Paper, ...] = ()
    exports: Mapping[str, Callable[[C, date], bytes]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    step: str = ""
    proposed: bool = False
    regime_fact: str = ""
    prefill: Callable[[C, Mapping[str, Any], date], Mapping[str, Any]] | None = None
    values: Callable[[C, date], Mapping[str, Any]] | None = None
    capability: str = "work_accounts"
    answer_capability: str = "work_accounts"
    several: bool = False
    partner_kind: str = ""
    internal: bool = False
    silences: Mapping[str, str] = field(default_factory=dict)
    recipients: Callable[[C, date], Sequence[Any]] | None = None
    personal: Callable[[C, Any], Mapping[str, Any]] | None = None
    asked: Callable[[C, date], Sequence[tuple[int, int]]] | None = None
    advice: Callable[[C, date], Sequence[Check]] | None = None
    noun_fr: str = ""
    order: int = 100
    family: Family = PARTNER_FAMILY
    gate: Callable[[C, date], Sequence[Check]] | None = None
    aside: Callable[[C, date], Mapping[str, Any]] | None = None
    has_notes: bool = False
    parties: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refused when it is read: events, silences and papers that name what does not exist."""
        known = {one.code for one in self.events}
        named = {code for one in self.events for code in one.follows} | set(self.silences.values())
        named |= {paper.event for paper in self.papers if paper.event}
        if unknown := named - known:
            raise ValueError(f"{self.code} names events it does not have: {sorted(unknown)}")
        stages = set(self.family.lifecycle.moves)
        if unknown := {one.to for one in self.events if one.to} - stages - {STAYS}:
            raise ValueError(f"{self.code} leads to stages its family does not have: {sorted(unknown)}")

    @property
    def said_fr(self) -> str:
        """In the middle of a sentence: « signalement à la CAF »."""
        return self.noun_fr or french.inside(self.label_fr)

    @property
    def begun_stages(self) -> tuple[str, ...]:
        """Where a dossier stands in the way of another one of the kind on the same account."""
        return IN_PREPARATION if self.several else OPEN

    @cached_property
    def possible_condition(self) -> Condition:
        """Nothing written: one may always."""
        return conditions.parse(self.possible)

    @cached_property
    def due_condition(self) -> Condition:
        """Nothing written: one never must."""
        return conditions.AnyOf() if self.due is None else conditions.parse(self.due)

    @cached_property
    def stops_condition(self) -> Condition:
        return conditions.AnyOf() if self.stops is None else conditions.parse(self.stops)

    def event(self, code: str) -> Event:
        """The event of that code. DomainError when the kind has none."""
        for each in self.events:
            if each.code == code:
                return each
        raise DomainError("answer_unknown", f"« {self.label_fr} » ne connaît pas la réponse « {code} ».")

    @property
    def leaving(self) -> Event | None:
        """What the kind says of its own leaving (limits, parties served), when it says something."""
        return next((one for one in self.events if one.code == LEAVES), None)

    def may_leave(self, stage: str) -> bool:
        """Whether it may leave from there, for the first time or again."""
        family = self.family
        return stage in family.in_preparation or family.lifecycle.allows(stage, family.leaves)

    def leads_to(self, event: Event, stage: str) -> str:
        """Where the event leads a case that stands there."""
        return stage if event.to == STAYS else event.to or self.family.answered

    def piece(self, code: str) -> Piece:
        """The piece of that code. DomainError when the kind has none."""
        for each in self.pieces:
            if each.code == code:
                return each
        raise DomainError("piece_unknown", f"« {self.label_fr} » ne demande pas la pièce « {code} ».")

    def facts_needed(self) -> set[str]:
        """Every column `windows` reads."""
        whole = [self.possible_condition, self.due_condition, self.stops_condition]
        whole += [rule.condition for rule in self.limits]
        named = {leaf.fact for each in whole for leaf in conditions.leaves(each)}
        dated = {rule.from_fact or rule.on_fact for rule in self.limits}
        return (named | dated | {self.opens_fact, sent_fact(self.code), self.done_fact}) - {""}

    @property
    def done_fact(self) -> str:
        """The fact telling that the step was done in this spell, even noted by hand; empty without step."""
        return step_column(self.step) if self.step else ""


#: The event by which a case leaves, whatever its family: the act its pieces and its gate are asked for.
LEAVES = "sent"


def open_fact(kind: str) -> str:
    """Name of the fact telling whether a dossier of that kind is open."""
    return f"dossier_{kind}_open"


def sent_fact(kind: str) -> str:
    """Name of the fact telling when a dossier of that kind was last sent in the current spell of debt."""
    return f"dossier_{kind}_sent_on"


def answer_fact(kind: str) -> str:
    """Name of the fact telling what was last answered to a dossier of that kind in the current spell."""
    return f"dossier_{kind}_answer"


def facts_of(kind: Kind) -> tuple[Fact, Fact, Fact]:
    """What decisions may read of the kind, over the current spell of unpaid debt."""
    code, said = kind.code, kind.said_fr
    begun, none = f"{said} en cours", f"pas de {said} en cours"
    return (
        Fact(open_fact(code), pl.Boolean(), f"En cours : {said}", "bool", begun, none),
        Fact(sent_fact(code), pl.Date(), f"Envoi : {said}", "date", none_fr=f"{said} : rien d’envoyé"),
        Fact(answer_fact(code), pl.String(), f"Réponse : {said}", "code", none_fr=f"{said} : pas de réponse"),
    )
