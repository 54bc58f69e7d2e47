"""What may happen to a case: who says it, where it leads, what is typed, what it opens and does. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from amiable.domain.cases.family import UNDER_WAY
from amiable.domain.decision import conditions
from amiable.domain.decision.conditions import Condition

PARTNER, THIRD_PARTY, COURT, DEBTOR, OFFICE, NIGHT = (
    "partner",
    "third_party",
    "court",
    "debtor",
    "office",
    "night",
)
#: Who an event comes from.
BY_FR = MappingProxyType(
    {
        PARTNER: "le partenaire",
        THIRD_PARTY: "le tiers saisi",
        COURT: "la juridiction",
        DEBTOR: "le débiteur",
        OFFICE: "l’office",
        NIGHT: "le silence, une fois la limite passée",
    }
)
#: Those an act may be notified to.
ROLES_FR = MappingProxyType(
    {DEBTOR: "débiteur", THIRD_PARTY: "tiers saisi", COURT: "juridiction", PARTNER: "partenaire"}
)
#: An event that says something and moves nothing.
STAYS = "stays"


@dataclass(frozen=True)
class Field:
    """One thing the dossier says, prefilled and editable. kind: text, long, money (cents), date (ISO),
    number, choice or bool. source: a fact's name, or `account.<attribute>`; a kind's `prefill` wins."""

    code: str
    label_fr: str
    kind: str = "text"
    source: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    help_fr: str = ""


@dataclass(frozen=True)
class LimitRule:
    """A limit of a case. rule: the law's id (its delay, its words, its article).

    Opened with the case: from_fact: the date fact it runs from; on_fact: a fact that already is the limit,
    when the engine computes it. needs: the limit
    exists only where this holds (a signalement is voluntary without tiers payant). met_by: the piece whose
    own date meets it, when it is not the sending (a mise en demeure asked before the claim).
    Opened by an event: since: the day it runs from, `on` (the event's own) or a date of its fields."""

    rule: str
    from_fact: str = ""
    on_fact: str = ""
    needs: Any = None
    met_by: str = ""
    since: str = "on"

    @cached_property
    def condition(self) -> Condition:
        return conditions.parse(self.needs)


@dataclass(frozen=True)
class Do:
    """One effect of an event: a name of `cases.effects.EFFECTS` and what it is called with."""

    effect: str
    given: Mapping[str, Any] = field(default_factory=dict)


def do(effect: str, **given: Any) -> Do:
    return Do(effect, MappingProxyType(given))


@dataclass(frozen=True)
class Event:
    """Something that may happen to a case, said `by` one of `BY_FR`; what the night says, nobody types.

    to: the stage it leads to, that of the family's answers by default, or STAYS. fields: what is typed with
    it, beside its date. meets: rules of the limits it meets. limits: those it opens. effects: what it does
    then, in order. stages: where it may be recorded. follows: only after one of these events. needs_document:
    the paper that says it is kept as proof. is_act: the office acts, so the gate is asked first. serves: the
    role of the parties it is notified to, that day and with that proof. help_fr: said beside it."""

    code: str
    label_fr: str
    to: str = ""
    effects: tuple[Do, ...] = ()
    fields: tuple[Field, ...] = ()
    stages: tuple[str, ...] = UNDER_WAY
    follows: tuple[str, ...] = ()
    needs_document: bool = False
    by: str = PARTNER
    help_fr: str = ""
    meets: tuple[str, ...] = ()
    limits: tuple[LimitRule, ...] = ()
    is_act: bool = False
    serves: str = ""

    def rules_of(self, effect: str) -> set[str]:
        """The rules whose limits that effect ends; "" for all of them."""
        return {each.given.get("rule", "") for each in self.effects if each.effect == effect}
