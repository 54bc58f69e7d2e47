"""One account's decision told: what is next and why, what blocked the rest, what would change it, which rule.

Nothing is decided here: the verdict is `decide` on a frame of one row, and every leaf is judged by the very
expression the decision uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from amiable.domain import law
from amiable.domain.creditors import kind
from amiable.domain.decision import facts
from amiable.domain.decision.compiling import opens_in
from amiable.domain.decision.conditions import POLICY_PREFIX, AnyOf, Condition, Leaf, leaves, resolve
from amiable.domain.decision.decision import SCHEMA, decide, score_parts
from amiable.domain.decision.guards import Guard, guards, to_chase
from amiable.domain.decision.policy import value_of
from amiable.domain.decision.procedure import Procedure, Step
from amiable.domain.decision.queue import UNDECIDED, UNDECIDED_LABEL
from amiable.domain.decision.spacing import opening
from amiable.domain.decision.telling import LeafResult, judge, sentence
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.domain.text.french import euros


@dataclass(frozen=True)
class StepReport:
    """One step on this account. state: next, later, done, blocked; on: the day it was done or comes by time.

    holding / blocking: sentences with the person's own numbers. held: a guard stops it, whatever the rest.
    unknown: it is about something that never happened here (a fact nobody gave).
    """

    code: str
    label_fr: str
    state: str
    on: date | None
    holding: tuple[str, ...]
    blocking: tuple[str, ...]
    rules: tuple[str, ...]
    held: bool = False
    unknown: bool = False


@dataclass(frozen=True)
class Duty:
    """A duty of the office beside the contact: due `on`, to be done by limit_on when there is a limit."""

    code: str
    label_fr: str
    on: date
    limit_on: date | None
    why: str


@dataclass(frozen=True)
class Explanation:
    """The whole answer for one account, ready for a screen or for JSON.

    next_step is the next contact; duties stand beside it. rules: (id, title and source) of the law behind the
    verdict; settings: (label, value) of the office's own choices behind it.
    """

    as_of: date
    procedure: str
    next_step: str | None
    label_fr: str
    next_step_on: date | None
    why: str
    held_by: str | None
    held_fr: str
    deadline_on: date | None
    priority: float
    score: tuple[tuple[str, int], ...]
    steps: tuple[StepReport, ...]
    changes: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...] = ()
    duties: tuple[Duty, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data, dates in ISO form."""
        return _plain(asdict(self))


NOTHING_LEFT = (
    "toutes les étapes possibles sont faites ou attendent un fait nouveau : à décider avec le responsable"
)


def _nothing_to_do(known: pl.DataFrame, duties: tuple[Duty, ...]) -> str:
    """No contact and no guard: nothing is owed, the office has work, or the procedure has said all it had."""
    if duties:
        return "rien à demander à la personne pour l’instant"
    if (known.get_column("actionable_cents").item() or 0) > 0:
        return NOTHING_LEFT
    return "aucune dette exigible"


def explain(row: pl.DataFrame, procedure: Procedure, policy: Mapping[str, Any], as_of: date) -> Explanation:
    """Explanation of a frame of exactly one row of facts (account_id and the vocabulary)."""
    if row.height != 1:
        raise ValueError("explain takes a frame of one row")
    known = facts.with_derived(row, as_of, procedure.facts_needed())
    verdict = decide(row, procedure, policy, as_of)
    decided = verdict.row(0, named=True)
    all_guards = guards(policy)
    held = next((guard for guard in all_guards if guard.code == decided["held_by"]), None)
    reports = _reports(known, procedure, policy, as_of, decided, held)
    code = decided["next_step"]
    duties = tuple(
        Duty(one["code"], procedure.step(one["code"]).label_fr, one["on"], one["limit_on"], one["why"])
        for one in decided["duties"]
    )
    at_hand = [duty.code for duty in duties if duty.on <= as_of] + ([code] if code else [])
    return Explanation(
        as_of=as_of,
        procedure=procedure.label_fr,
        next_step=code,
        label_fr=_heading(procedure, decided),
        next_step_on=decided["next_step_on"],
        why=decided["why"] or _nothing_to_do(known, duties),
        held_by=decided["held_by"],
        held_fr=_held_words(known, held) if held else "",
        deadline_on=decided["deadline_on"],
        priority=decided["priority"],
        score=_score(known, verdict),
        steps=reports,
        changes=_changes(
            known, policy, as_of, decided, held, reports, [procedure.step(each) for each in at_hand]
        ),
        rules=_rules(
            [r for each in at_hand for r in procedure.step(each).rules] or (held.rules if held else ())
        ),
        settings=_settings(procedure, policy, code, held),
        duties=duties,
    )


def _heading(procedure: Procedure, decided: Mapping[str, Any]) -> str:
    if decided["next_step"]:
        return procedure.step(decided["next_step"]).label_fr
    return UNDECIDED_LABEL if decided["queue"] == UNDECIDED else "Rien à faire"


def _held_words(known: pl.DataFrame, held: Guard) -> str:
    dated = held.why_until and known.select(held.until).item() is not None
    return known.select(sentence(held.why_until if dated else held.why)).item()


def _reports(
    known: pl.DataFrame,
    procedure: Procedure,
    policy: Mapping[str, Any],
    as_of: date,
    decided: Mapping[str, Any],
    held: Guard | None,
) -> tuple[StepReport, ...]:
    value = value_of(policy, as_of)
    wholes = [resolve(opening(step, procedure), value) for step in procedure.active]
    judged = judge(wholes, known, procedure.labels)
    waits = known.select(opens_in(whole).alias(str(i)) for i, whole in enumerate(wholes)).row(0)
    own = known.row(0, named=True)
    return tuple(
        _report(
            step, _Told(whole, results), wait, own.get(facts.step_column(step.code)), as_of, decided, held
        )
        for step, whole, results, wait in zip(procedure.active, wholes, judged, waits, strict=True)
    )


class _Told:
    """The sentences of a condition: what holds, and what is missing in the branches that fail."""

    def __init__(self, condition: Condition, results: list[LeafResult]) -> None:
        self._results = {repr(result.leaf): result for result in results}
        self._condition = condition

    def holding(self, code: str) -> tuple[str, ...]:
        # That something is unknown may let a step through; it is no reason for it.
        held = [
            r for r in self._results.values() if r.holds and r.leaf.step != code and r.leaf.op != "is_null"
        ]
        return tuple(dict.fromkeys(r.sentence for r in held))

    def missing(self, code: str) -> list[str]:
        return list(dict.fromkeys(r.sentence for r in self._missing(self._condition) if r.leaf.step != code))

    def unknown(self, code: str) -> bool:
        """Whether a missing leaf is about a fact nobody gave (the date of a step apart)."""
        return any(r.value is None and r.leaf.step is None for r in self._missing(self._condition))

    def _missing(self, condition: Condition) -> list[LeafResult]:
        if isinstance(condition, Leaf):
            result = self._results[repr(condition)]
            return [] if result.holds else [result]
        parts = [self._missing(child) for child in condition.children]
        if isinstance(condition, AnyOf) and not all(parts):
            return []
        found = [result for part in parts for result in part]
        told = {r.leaf.fact for r in found if r.leaf.op != "is_null"}
        return [r for r in found if r.leaf.op != "is_null" or r.leaf.fact not in told]


def _report(
    step: Step,
    told: _Told,
    wait: int | None,
    done_days: int | None,
    as_of: date,
    decided: Mapping[str, Any],
    held: Guard | None,
) -> StepReport:
    blocking = told.missing(step.code)
    on = as_of + timedelta(days=wait) if wait is not None else None
    due = {one["code"]: one["on"] for one in decided["duties"]}
    if decided["next_step"] is not None:
        due[decided["next_step"]] = decided["next_step_on"]
    if step.code in due:
        on = due[step.code]
        state = "next" if on <= as_of else "later"
    elif done_days is not None and (step.repeat_days is None or wait != 0):
        state, on, blocking = "done", as_of - timedelta(days=done_days), []
    elif held is not None and step.guarded:
        state, on = "blocked", None
        blocking.insert(0, f"compte en attente : {held.label_fr}")
    else:
        state = "later" if wait else "blocked"
        if not blocking:
            blocking.append("une étape plus avancée ou plus urgente passe avant")
    return StepReport(
        step.code,
        step.label_fr,
        state,
        on,
        told.holding(step.code),
        tuple(blocking),
        step.rules,
        held=held is not None and step.guarded,
        unknown=told.unknown(step.code),
    )


def _score(known: pl.DataFrame, verdict: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    both = known.drop([c for c in SCHEMA if c in known.columns]).hstack(verdict.drop("account_id"))
    points = both.select(**score_parts()).row(0, named=True)
    return tuple((name, value) for name, value in points.items() if value)


def _changes(
    known: pl.DataFrame,
    policy: Mapping[str, Any],
    as_of: date,
    decided: Mapping[str, Any],
    held: Guard | None,
    reports: tuple[StepReport, ...],
    steps: list[Step],
) -> tuple[str, ...]:
    """What would change the verdict: a payment, the end of a hold, time, a step done."""
    found = []
    owed, floor = known.select(to_chase()).item(), int(policy["reminder_floor_cents"])
    if held is not None:
        until = known.select(held.until).item()
        dated = until is not None and until >= as_of
        found.append(f"{held.ends_fr} Au plus tard le {until:%d/%m/%Y}." if dated else held.ends_fr)
    told = [said for one in steps if (said := _change_of(one, known, as_of))]
    found += told
    if not told and held is None and owed >= floor and owed > 0:
        wanted = owed - floor + 1 if floor > 0 else owed
        found.append(
            f"Un paiement de {euros(wanted)} ramène la dette sous le seuil de relance ({euros(floor)})."
        )
    if decided["next_step_on"] is not None and decided["next_step_on"] > as_of:
        found.append(f"Sans paiement, l’étape vient le {decided['next_step_on']:%d/%m/%Y}.")
    ready = next((r for r in reports if r.state == "next" and r.code == decided["next_step"]), None)
    waiting = [r for r in reports if ready and r.state != "done" and _waits_for(r, ready)]
    if ready and waiting:
        found.append(
            f"« {ready.label_fr} » une fois fait, « {waiting[-1].label_fr} » devient possible à son délai."
        )
    return tuple(found)


def _change_of(step: Step, known: pl.DataFrame, as_of: date) -> str:
    """What would make the step go; once its limit has passed nothing does but the act itself."""
    limit = known.get_column(step.deadline).item() if step.deadline else None
    if limit is not None and limit < as_of:
        return "La limite est passée : l’acte reste dû tant qu’il n’est pas fait."
    return known.select(sentence(step.change)).item() if step.change else ""


def _waits_for(report: StepReport, ready: StepReport) -> bool:
    return any(f"« {ready.label_fr} » pas encore faite" in sentence for sentence in report.blocking)


def _settings(
    procedure: Procedure, policy: Mapping[str, Any], code: str | None, held: Guard | None
) -> tuple[tuple[str, str], ...]:
    """The office's settings the verdict rests on: those of the step's thresholds, else of the guard."""
    names = list(held.settings) if held is not None and code is None else []
    if code is not None:
        references = [leaf.reference or "" for leaf in leaves(procedure.step(code).condition)]
        names = [r.removeprefix(POLICY_PREFIX) for r in references if r.startswith(POLICY_PREFIX)]
    found = []
    for name in dict.fromkeys(names):
        setting = kind(procedure.kind).policy.get(name)
        if setting is not None:
            found.append((setting.label, french.with_unit(setting.unit, policy[name])))
    return tuple(found)


def _rules(ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for rule_id in dict.fromkeys(ids):
        try:
            rule = law.rule(rule_id)
        except DomainError:
            continue
        found.append((rule_id, f"{rule.title} ({rule.source})"))
    return tuple(found)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
