"""What a dossier is, whatever the partner: how a kind is declared, its lifecycle, its windows. Pure.

A kind (`kinds/*.py` of a room above) is one `Kind` value. Its conditions are those of procedures, over the
same facts; `windows` judges a column of accounts at once, one account being a frame of one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

import polars as pl

from amiable.domain import law
from amiable.domain.check import OK, UNKNOWN, WATCH, Check
from amiable.domain.decision import conditions
from amiable.domain.decision.compiling import holds, opens_in
from amiable.domain.decision.conditions import Condition, resolve
from amiable.domain.decision.facts import Fact, step_column
from amiable.domain.errors import DomainError
from amiable.domain.law import Overrides
from amiable.domain.lifecycle import Lifecycle

TO_PREPARE, READY, SENT, ACKNOWLEDGED, ANSWERED, FOLLOWED, CLOSED, ABANDONED = (
    "to_prepare",
    "ready",
    "sent",
    "acknowledged",
    "answered",
    "followed",
    "closed",
    "abandoned",
)
STAGE_LABELS = MappingProxyType(
    {
        TO_PREPARE: "À préparer",
        READY: "Prêt à envoyer",
        SENT: "Envoyé",
        ACKNOWLEDGED: "Reçu par le partenaire",
        ANSWERED: "Réponse reçue",
        FOLLOWED: "Suivi",
        CLOSED: "Terminé",
        ABANDONED: "Abandonné",
    }
)
#: An answer may follow another one: a partner writes more than once.
LIFECYCLE = Lifecycle(
    starts=(TO_PREPARE, READY),
    moves={
        TO_PREPARE: (READY, SENT, ANSWERED, FOLLOWED, CLOSED, ABANDONED),
        READY: (TO_PREPARE, SENT, ANSWERED, FOLLOWED, CLOSED, ABANDONED),
        SENT: (ACKNOWLEDGED, ANSWERED, FOLLOWED, CLOSED, ABANDONED),
        ACKNOWLEDGED: (ACKNOWLEDGED, ANSWERED, FOLLOWED, CLOSED, ABANDONED),
        ANSWERED: (TO_PREPARE, SENT, ANSWERED, FOLLOWED, CLOSED, ABANDONED),
        FOLLOWED: (TO_PREPARE, SENT, ANSWERED, FOLLOWED, CLOSED, ABANDONED),
        CLOSED: (),
        ABANDONED: (),
    },
    labels_fr=STAGE_LABELS,
    moved_fr="Ce dossier est « {stage} » : cette action n’est plus possible et rien n’a été enregistré. "
    "Rechargez la page.",
    column="stage",
)
IN_PREPARATION = (TO_PREPARE, READY)
WITH_PARTNER = (SENT, ACKNOWLEDGED, ANSWERED, FOLLOWED)
OPEN = (*IN_PREPARATION, *WITH_PARTNER)


@dataclass(frozen=True)
class Piece:
    """A required piece. source: where it is already held (a name of `cases.pieces.SOURCES`); empty: only
    somebody can bring it. ask_fr: the request sent to a colleague when it is missing."""

    code: str
    label_fr: str
    source: str = ""
    required: bool = True
    ask_fr: str = ""


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


def criterion(code: str, label_fr: str, said_fr: str, met: bool | None, rule: str) -> Check:
    """What a partner looks at; None: nobody knows. Only advice: the partner alone decides."""
    if met is None:
        return Check(code, label_fr, said_fr, UNKNOWN, (rule,))
    return Check(code, label_fr, said_fr, OK if met else WATCH, (rule,), word_fr=_MET[met])


_MET = {True: "rempli", False: "non rempli"}


@dataclass(frozen=True)
class LimitRule:
    """A limit the dossier opens with. rule: the law's id (its delay, its words, its article). from_fact: the
    date fact it runs from; on_fact: a fact that already is the limit, when the engine computes it. needs: the
    limit exists only where this holds (a signalement is voluntary without tiers payant). met_by: the piece
    whose own date meets it, when it is not the sending (a mise en demeure asked before the claim)."""

    rule: str
    from_fact: str = ""
    on_fact: str = ""
    needs: Any = None
    met_by: str = ""

    @cached_property
    def condition(self) -> Condition:
        return conditions.parse(self.needs)


@dataclass(frozen=True)
class Do:
    """One effect of an answer: a name of `cases.effects.EFFECTS` and what it is called with."""

    effect: str
    given: Mapping[str, Any] = field(default_factory=dict)


def do(effect: str, **given: Any) -> Do:
    return Do(effect, MappingProxyType(given))


@dataclass(frozen=True)
class Answer:
    """Something the partner may say. to: the stage it leads to. fields: what the officer types with it,
    beside its date. effects: what it does, in order. stages: where it may be recorded. follows: only after
    one of these answers. needs_document: the partner's letter must be kept as proof. by_hand: an officer may
    record it; not what the night alone concludes (`Kind.silences`)."""

    code: str
    label_fr: str
    to: str = ANSWERED
    effects: tuple[Do, ...] = ()
    fields: tuple[Field, ...] = ()
    stages: tuple[str, ...] = WITH_PARTNER
    follows: tuple[str, ...] = ()
    needs_document: bool = False
    by_hand: bool = True
    help_fr: str = ""


@dataclass(frozen=True)
class Paper:
    """A document the dossier makes: a wording of room `dossiers`."""

    wording: str
    label_fr: str


@dataclass(frozen=True)
class Kind:
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
    rule of a limit -> the answer the night records the day after that limit when nobody answered.
    advice(dossier, today) -> checks told on the dossier's page: what the partner looks at, and what
    is known of it.
    recipients(dossier, today) -> the persons written to, each their own letter; by default the partner.
    personal(dossier, person) -> variables of one recipient's letter. asked(dossier, today) -> (entry, cents)
    asked of who answers for the debtor: what their payment settles, and is owed to them from then on (AL-05).
    noun_fr: its name in a sentence, when it is not its label.
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
    exports: Mapping[str, Callable[[Any, date], bytes]] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    step: str = ""
    proposed: bool = False
    regime_fact: str = ""
    prefill: Callable[[Any, Mapping[str, Any], date], Mapping[str, Any]] | None = None
    values: Callable[[Any, date], Mapping[str, Any]] | None = None
    capability: str = "work_accounts"
    answer_capability: str = "work_accounts"
    several: bool = False
    partner_kind: str = ""
    internal: bool = False
    silences: Mapping[str, str] = field(default_factory=dict)
    recipients: Callable[[Any, date], Sequence[Any]] | None = None
    personal: Callable[[Any, Any], Mapping[str, Any]] | None = None
    asked: Callable[[Any, date], Sequence[tuple[int, int]]] | None = None
    advice: Callable[[Any, date], Sequence[Check]] | None = None
    noun_fr: str = ""
    order: int = 100

    @property
    def said_fr(self) -> str:
        """In the middle of a sentence: « signalement à la CAF »."""
        return self.noun_fr or self.label_fr[0].lower() + self.label_fr[1:]

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

    def answer(self, code: str) -> Answer:
        """The answer of that code. DomainError when the kind has none."""
        for each in self.answers:
            if each.code == code:
                return each
        raise DomainError("answer_unknown", f"« {self.label_fr} » ne connaît pas la réponse « {code} ».")

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


#: What `windows` gives: due_on null: only possible; limit_on, rule null: no law limits it.
WINDOWS: Mapping[str, Any] = MappingProxyType(
    {
        "account_id": pl.Int64,
        "kind": pl.String,
        "opens_on": pl.Date,
        "is_due": pl.Boolean,
        "limit_on": pl.Date,
        "rule": pl.String,
    }
)


def windows(
    kind: Kind,
    frame: pl.DataFrame,
    as_of: date,
    value_of: Callable[[str], Any],
    *,
    horizon_days: int = 0,
    territory: str = "FR",
    overrides: Overrides | None = None,
) -> pl.DataFrame:
    """WINDOWS of the accounts for which a dossier of that kind may or must be made on `as_of`, or will have
    to within `horizon_days`; what was sent, or noted as done, in this spell is no longer
    asked, save for a kind with `several`.

    frame: account_id and the facts, as `facts.with_derived` leaves them."""
    due, possible, stops = (
        resolve(each, value_of)
        for each in (kind.due_condition, kind.possible_condition, kind.stops_condition)
    )
    done = pl.col(kind.done_fact) if kind.done_fact else pl.lit(None, pl.Int64)
    asked = pl.lit(kind.several) | (pl.col(sent_fact(kind.code)).is_null() & done.is_null())
    judged = frame.with_columns(_due=opens_in(due), _may=holds(possible), _stop=holds(stops))
    judged = judged.filter(~pl.col("_stop") & asked)
    judged = judged.filter(pl.col("_may") | (pl.col("_due") <= horizon_days))
    is_due = (pl.col("_due") <= 0).fill_null(False)
    days = pl.duration(days=pl.col("_due").fill_null(0).clip(0, horizon_days))
    since = pl.col(kind.opens_fact) if kind.opens_fact else pl.lit(None, pl.Date)
    dated = _with_limits(kind, judged, value_of, territory, overrides)
    return dated.select(
        "account_id",
        pl.lit(kind.code).alias("kind"),
        pl.coalesce(since, pl.lit(as_of) + days).alias("opens_on"),
        is_due.alias("is_due"),
        "limit_on",
        "rule",
    ).cast(WINDOWS)  # type: ignore[arg-type]


def _with_limits(
    kind: Kind,
    judged: pl.DataFrame,
    value_of: Callable[[str], Any],
    territory: str,
    overrides: Overrides | None,
) -> pl.DataFrame:
    days, names = [], []
    for rule in kind.limits:
        column = judged.get_column(rule.on_fact or rule.from_fact)
        dates = column if rule.on_fact else _law_days(rule.rule, column, territory, overrides)
        day = pl.when(holds(resolve(rule.condition, value_of))).then(pl.lit(dates))
        days.append(day)
        names.append(pl.when(day.is_not_null()).then(pl.lit(rule.rule)))
    none_on, none = pl.lit(None, pl.Date), pl.lit(None, pl.String)
    return judged.with_columns(limit_on=pl.coalesce([*days, none_on]), rule=pl.coalesce([*names, none]))


def duty_on(rule: str, from_on: date, territory: str, overrides: Overrides | None) -> date:
    """The day a dossier's duty is due: the last one of its delay, or, where the delay is left to somebody
    else, the first one after it (DUN-06: the caution is told as soon as the debtor's month is over)."""
    found = law.limit(rule, from_on, territory=territory, overrides=overrides)
    return found.first_day or found.work_on


def _law_days(rule: str, column: pl.Series, territory: str, overrides: Overrides | None) -> pl.Series:
    """The law's one function, applied to the distinct dates only."""
    distinct = column.drop_nulls().unique().to_list()
    ends = [duty_on(rule, day, territory, overrides) for day in distinct]
    return column.replace_strict(distinct, ends, default=None, return_dtype=pl.Date)


def is_late(limit_on: date | None, as_of: date) -> bool:
    """A limit is late the day after it: its own day still counts."""
    return limit_on is not None and as_of > limit_on
