"""The law as lines of a page: what is in force on a day, what was, what comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from amiable.core.law_overrides import kept_value
from amiable.core.models import LawOverride
from amiable.domain import law
from amiable.domain.law.pack import DatedValue, Parameter, Rule
from amiable.domain.law.telling import tell, tell_lines
from amiable.domain.text.french import search_key
from amiable.web.kit.refusal import refused_or


@dataclass(frozen=True)
class Shown:
    """One value with its dates; `own` tells an office's value."""

    lines: list[str]
    source: str
    from_on: date
    to_on: date | None
    to_verify: bool
    confidence: str
    own: bool = False


@dataclass(frozen=True)
class ParameterLine:
    """A parameter on a day: `now` None when nobody sourced that day.

    `replaced` is the shipped value when the office's own stands in its place.
    """

    key: str
    label: str
    now: Shown | None
    replaced: Shown | None
    coming: list[Shown]
    past: list[Shown]


@dataclass(frozen=True)
class RuleLine:
    rule: Rule
    parameters: list[ParameterLine]
    confidence: str
    to_verify: bool

    @property
    def any_to_verify(self) -> bool:
        """Whether something on the line, in force or to come, still has to be verified."""
        shown = [each for line in self.parameters for each in (line.now, *line.coming) if each]
        return self.to_verify or any(each.to_verify for each in shown)

    @property
    def changes(self) -> bool:
        return any(parameter.coming for parameter in self.parameters)


def rule_line(rule: Rule, at: date, overrides: law.Overrides) -> RuleLine:
    """A rule as the office sees it on that day."""
    return RuleLine(
        rule=rule,
        parameters=[_parameter_line(rule, each, at, overrides) for each in rule.parameters.values()],
        confidence=law.CONFIDENCES[rule.confidence],
        to_verify=rule.confidence in law.TO_VERIFY,
    )


def rule_lines(
    *, at: date, overrides: law.Overrides, text: str = "", topic: str = "", to_verify: bool, changing: bool
) -> Iterator[RuleLine]:
    """The rules a search finds: every word typed must be somewhere in the rule; filters add up."""
    words = search_key(text).split()
    for rule in law.rules():
        if (topic and rule.topic != topic) or (to_verify and not rule.to_verify):
            continue
        if words and not _holds(rule, words):
            continue
        line = rule_line(rule, at, overrides)
        if not changing or line.changes:
            yield line


def _holds(rule: Rule, words: list[str]) -> bool:
    labels = (parameter.label for parameter in rule.parameters.values())
    haystack = search_key(rule.rule_id, rule.title, rule.text, rule.source, rule.topic_label, *labels)
    return all(word in haystack for word in words)


def _parameter_line(rule: Rule, parameter: Parameter, at: date, overrides: law.Overrides) -> ParameterLine:
    dated = parameter.at(at)
    shipped = _shown(dated) if dated else None
    own = _own(rule, parameter, at, overrides)
    return ParameterLine(
        key=parameter.key,
        label=parameter.label,
        now=own or shipped,
        replaced=shipped if own else None,
        coming=[_shown(value) for value in parameter.values if value.from_on > at],
        past=[_shown(value) for value in parameter.values if value.to_on is not None and value.to_on < at],
    )


def _own(rule: Rule, parameter: Parameter, at: date, overrides: law.Overrides) -> Shown | None:
    if (rule.rule_id, parameter.key) not in overrides:
        return None
    value, _ = refused_or(lambda: law.get(rule.rule_id, at, parameter.key, overrides=overrides), None)
    if value is None or not value.overridden:
        return None
    return Shown(
        lines=tell_lines(value.value, value.unit),
        source=value.source,
        from_on=value.from_on,
        to_on=value.to_on,
        to_verify=value.to_verify,
        confidence=law.CONFIDENCES[value.confidence],
        own=True,
    )


def _shown(value: DatedValue) -> Shown:
    return Shown(
        lines=tell_lines(value.value, value.unit),
        source=value.source,
        from_on=value.from_on,
        to_on=value.to_on,
        to_verify=value.confidence in law.TO_VERIFY,
        confidence=law.CONFIDENCES[value.confidence],
    )


@dataclass(frozen=True)
class OwnLine:
    """An office's value in the list of overrides: it counts, will count, or has ended."""

    row: LawOverride
    rule_title: str
    label: str
    value: str
    state: str

    @property
    def can_end(self) -> bool:
        return self.state in ("en vigueur", "à venir")


def own_lines(rows: Iterable[LawOverride], at: date) -> list[OwnLine]:
    return [_own_line(row, at) for row in rows]


def _own_line(row: LawOverride, at: date) -> OwnLine:
    rule = law.rule(row.rule_id)
    parameter = rule.parameters[row.key]
    shipped = parameter.at(row.from_on)
    ended = row.to_on is not None and (row.to_on < at or row.to_on < row.from_on)
    state = "terminée" if ended else ("à venir" if row.from_on > at else "en vigueur")
    return OwnLine(
        row=row,
        rule_title=rule.title,
        label=parameter.label,
        value=tell(kept_value(row.value), shipped.unit if shipped else parameter.unit),
        state=state,
    )
