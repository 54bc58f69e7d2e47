"""The last day of a time limit, from the limits written beside the rules. A new one is a YAML row, no Python.

How days are counted (TIME-04 to TIME-06), and the one principle behind `rolls` in the files: a procedural
limit, and any delay left to the debtor before an act, move to the next working day; prescriptions, durations
and what we owe the CAF, a guarantor or a contract do not, so that we always work to the earlier day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from amiable.domain.errors import DomainError
from amiable.domain.law.calendar import NATIONAL, add_months, ouvrable_day, roll, territory_code, working_day
from amiable.domain.law.pack import DELAY_UNITS, LimitSpec
from amiable.domain.law.values import LawValue, Overrides, get, limit_specs, rule
from amiable.domain.text import french

#: A delay as `clause` may give it: « 2 mois », « 6 semaines », « 60 jours ».
_CLAUSE = re.compile(r"\s*(\d{1,3})\s*(jours?|semaines?|mois|ans?|années?)\s*", re.IGNORECASE)
_CLAUSE_UNITS = {"jour": "days", "semaine": "weeks", "mois": "months", "an": "years", "année": "years"}


@dataclass(frozen=True, slots=True)
class Limit:
    """The answer: `ends_on` under national holidays; `ends_on_local` where local ones give another day.

    A waiting limit ends on the debtor's last day: the act may come from `first_day`, the day after both ends.
    `rolled` tells that a week-end or a holiday moved the date. `starts_on` is set for a period of the year.
    """

    ends_on: date
    ends_on_local: date | None
    rule: str
    source: str
    rolled: bool
    label: str
    event: str
    nature: str
    confidence: str
    starts_on: date | None = None
    first_day: date | None = None

    @property
    def work_on(self) -> date:
        """The earlier of both dates: local effect on CPC 642 is unsettled (TIME-08)."""
        return min(self.ends_on, self.ends_on_local or self.ends_on)


def limit(
    rule_id: str,
    from_on: date,
    *,
    territory: str = NATIONAL,
    reverse: bool = False,
    overrides: Overrides | None = None,
    **conditions: Any,
) -> Limit:
    """The limit `rule_id` running from the event of `from_on` (before it, for a hearing).

    `reverse` asks from the other end, where the rule has one: LIT-01 from the assignation back to the last
    day to seize the CCAPEX; CT-03 from the filing to the first possible hearing.

    Conditions: `lease_on` (date of the lease, LIT-03), `clause` (the delay of its clause, « 2 mois »).
    Raises DomainError: no such rule, no time limit, several limits (name one: PUB-03.1), a missing or unknown
    condition, a day whose law nobody sourced, an unknown territory.
    """
    found = limits(rule_id, from_on, territory=territory, reverse=reverse, overrides=overrides, **conditions)
    if len(found) > 1:
        raise DomainError(
            "law.several_limits",
            f"La règle {rule(rule_id).rule_id} a plusieurs délais : précisez "
            + ", ".join(f"{each.rule} ({french.inside(each.label)})" for each in found)
            + ".",
        )
    return found[0]


def limits(
    rule_id: str,
    from_on: date,
    *,
    territory: str = NATIONAL,
    reverse: bool = False,
    overrides: Overrides | None = None,
    **conditions: Any,
) -> tuple[Limit, ...]:
    """Every limit the id names, each running from `from_on`; see `limit`."""
    specs = limit_specs(rule_id)
    if not specs:
        raise DomainError(
            "law.no_limit",
            f"La règle {rule(rule_id).rule_id} ne fixe aucun délai ({rule(rule_id).title}).",
        )
    known = {name for spec in specs for name in (spec.dated_by, spec.replaced_by) if name}
    for name, value in conditions.items():
        if value is not None and name not in known:
            raise DomainError("law.unknown_condition", f"Le délai {rule_id} ne dépend pas de « {name} ».")
    code = territory_code(territory)
    try:
        answer = _backwards if reverse else _answer
        return tuple(answer(spec, from_on, code, overrides, conditions) for spec in specs)
    except (ValueError, OverflowError) as error:
        raise DomainError(
            "law.date_out_of_reach", f"Le délai {rule_id} sort du calendrier depuis le {from_on:%d/%m/%Y}."
        ) from error


def _backwards(
    spec: LimitSpec, from_on: date, territory: str, overrides: Overrides | None, conditions: dict[str, Any]
) -> Limit:
    """The limit from its other end; for a waiting one, the last day whose `first_day` lets the act be."""
    found = _answer(_reversed(spec), from_on, territory, overrides, conditions)
    if spec.nature != "waiting":
        return found
    day = found.work_on
    while (_answer(spec, day, territory, overrides, conditions).first_day or day) > from_on:
        day -= timedelta(days=1)
    return replace(found, ends_on=day, ends_on_local=None)


def _reversed(spec: LimitSpec) -> LimitSpec:
    if spec.reverse_event is None:
        raise DomainError(
            "law.one_way_limit", f"Le délai {spec.limit_id} ne se compte que depuis : {spec.event}."
        )
    return replace(
        spec,
        event=spec.reverse_event,
        label=f"{spec.event[0].upper()}{spec.event[1:]}",
        direction="before" if spec.direction == "after" else "after",
    )


def _answer(
    spec: LimitSpec, from_on: date, territory: str, overrides: Overrides | None, conditions: dict[str, Any]
) -> Limit:
    value = get(
        spec.rule_id, _dated_on(spec, from_on, conditions), spec.delay_key or None, overrides=overrides
    )
    starts_on = None
    if spec.nature == "season":
        starts_on, raw = _season(from_on, value.value)
        ends_on = ends_on_local = raw
    elif spec.nature == "yearly":
        raw = ends_on = ends_on_local = _yearly(from_on, str(value.value), spec.strictly_before)
    else:
        amount, unit = _delay(spec, value, conditions)
        backwards = spec.direction == "before"
        if backwards:
            amount = -amount
        raw = _count(from_on, amount, unit, NATIONAL)
        local_raw = _count(from_on, amount, unit, territory)
        ends_on = roll(raw, NATIONAL, backwards=backwards) if spec.rolls else raw
        ends_on_local = roll(local_raw, territory, backwards=backwards) if spec.rolls else local_raw
    return Limit(
        ends_on=ends_on,
        ends_on_local=ends_on_local if ends_on_local != ends_on else None,
        rule=spec.limit_id,
        source=value.source,
        rolled=ends_on != raw,
        label=spec.label,
        event=spec.event,
        nature=spec.nature,
        confidence=value.confidence,
        starts_on=starts_on,
        first_day=_first_day(spec, ends_on, ends_on_local),
    )


def _first_day(spec: LimitSpec, ends_on: date, ends_on_local: date) -> date | None:
    """Where the law leaves a delay to somebody, the first day on which the act may come after it."""
    if spec.nature != "waiting" or spec.direction == "before":
        return None
    return max(ends_on, ends_on_local) + timedelta(days=1)


def _dated_on(spec: LimitSpec, from_on: date, conditions: dict[str, Any]) -> date:
    """The day whose law applies: that of the event, or of what the text names instead (the lease, LIT-03)."""
    if spec.dated_by is None:
        return from_on
    dated_on = conditions.get(spec.dated_by)
    if dated_on is None and spec.replaced_by and conditions.get(spec.replaced_by):
        return from_on
    if not isinstance(dated_on, date):
        raise DomainError(
            "law.condition_needed",
            f"Le délai {spec.limit_id} dépend d’une date qui manque ({spec.dated_by}) : "
            "indiquez-la, par exemple --lease-on 2022-05-01 pour la date du bail. Rien n’a été supposé.",
        )
    return dated_on


def _delay(spec: LimitSpec, value: LawValue, conditions: dict[str, Any]) -> tuple[int, str]:
    """The text's delay, or the one a clause gives when the rule lets it (LIT-03), or asks for it (SUR-17)."""
    clause = conditions.get(spec.replaced_by) if spec.replaced_by else None
    if clause is None and not spec.delay_key:
        raise DomainError(
            "law.condition_needed",
            f"Aucun texte ne donne le délai {spec.limit_id} : indiquez celui de la clause, par exemple "
            "--clause « 15 jours ». Rien n’a été supposé.",
        )
    if clause is None:
        return int(value.number), value.unit
    match = _CLAUSE.fullmatch(str(clause))
    if match is None:
        raise DomainError(
            "law.unreadable_clause",
            f"Le délai de la clause « {clause} » ne se lit pas : écrivez « 2 mois » ou « 6 semaines ».",
        )
    word = match[2].lower()
    return int(match[1]), _CLAUSE_UNITS[word if word in _CLAUSE_UNITS else word.rstrip("s")]


def _count(day: date, amount: int, unit: str, territory: str) -> date:
    """The day of the event is excluded; months and years end on the same day number (TIME-04)."""
    if unit == "months":
        return add_months(day, amount)
    if unit == "years":
        return add_months(day, amount * 12)
    if unit in ("days", "weeks"):
        return day + timedelta(days=amount * (7 if unit == "weeks" else 1))
    counts: Callable[[date, str], bool] = ouvrable_day if unit == "ouvrable_days" else working_day
    assert unit in DELAY_UNITS
    step = timedelta(days=1 if amount > 0 else -1)
    for _ in range(abs(amount)):
        day += step
        while not counts(day, territory):
            day += step
    return day


def _season(from_on: date, bounds: Any) -> tuple[date, date]:
    """The period of the year that runs on `from_on`, or else the next one: (first day, last day)."""
    first, last = (str(bound) for bound in bounds)
    for year in (from_on.year - 1, from_on.year, from_on.year + 1):
        starts_on = date.fromisoformat(f"{year}-{first}")
        ends_on = date.fromisoformat(f"{year + (last < first)}-{last}")
        if from_on <= ends_on:
            return starts_on, ends_on
    raise AssertionError("a period that comes back every year always has a next one")


def _yearly(from_on: date, month_day: str, strictly_before: bool) -> date:
    """The next such date, `from_on` included; the eve when the text says « avant le »."""
    for year in (from_on.year, from_on.year + 1):
        day = date.fromisoformat(f"{year}-{month_day}") - timedelta(days=int(strictly_before))
        if day >= from_on:
            return day
    raise AssertionError("a date that comes back every year always has a next one")
