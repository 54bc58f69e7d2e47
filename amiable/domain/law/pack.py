"""The law as data: `amiable/law/*.yaml` read once, checked, and then never changed.

One file per topic; each holds rules, each rule dated parameters and, where the text sets one, time limits.
Everything here refuses rather than guesses: a value without source, two values for one day, an unknown unit
or a limit whose delay is not a parameter stop the program at its first question, not in front of a debtor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from amiable.domain.errors import DomainError

LawScalar = int | Decimal | str | bool | tuple[Any, ...] | Mapping[str, Any]

#: A row without dates is valid from this day (heading of both rulebooks).
DEFAULT_FROM = date(2020, 1, 1)

CONFIDENCES = MappingProxyType(
    {
        "P": "texte officiel lu",
        "Q": "texte officiel cité par un tiers",
        "S+": "sources secondaires solides",
        "S2": "plusieurs sources secondaires concordantes",
        "S1": "une seule source secondaire",
        "M": "de mémoire ou d’usage",
    }
)
#: Rules at these levels ship switched on, are marked « à vérifier », and only they may be overridden.
TO_VERIFY = frozenset({"S1", "M"})

#: Units of a delay; « jours ouvrables » are Monday to Saturday without holidays, « ouvrés » Monday to Friday.
DELAY_UNITS = MappingProxyType(
    {
        "days": "jours",
        "weeks": "semaines",
        "months": "mois",
        "years": "ans",
        "ouvrable_days": "jours ouvrables",
        "working_days": "jours ouvrés",
    }
)
UNITS = MappingProxyType(
    {
        **DELAY_UNITS,
        "EUR": "€",
        "EUR_per_month": "€ par mois",
        "EUR_per_hour": "€ de l’heure",
        "percent": "%",
        "percent_per_year": "% par an",
        "percent_per_month": "% par mois",
        "points": "points",
        "times_monthly_base": "fois la base mensuelle",
        "times_pmss": "fois le plafond mensuel de la sécurité sociale",
        "share": "part",
        "instalments": "échéances",
        "count": "nombre",
        "characters": "caractères",
        "hour": "heure",
        "month_day": "jour de l’année (MM-JJ)",
        "yes_no": "oui ou non",
        "text": "texte",
        "scale": "barème",
        "consumption_units": "UC",
    }
)
DIRECTIONS = frozenset({"after", "before"})
NATURES = MappingProxyType(
    {
        "deadline": "dernier jour pour agir",
        "waiting": "délai à laisser passer",
        "duration": "durée maximale",
        "prescription": "prescription",
        "season": "période de l’année",
        "yearly": "date de chaque année",
    }
)


class LawFileError(ValueError):
    """A law file is wrong; for the developer who wrote it, never for an officer."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter, in force from `from_on` to `to_on` included (None: no end known)."""

    value: LawScalar
    unit: str
    from_on: date
    to_on: date | None
    source: str
    confidence: str

    def covers(self, at: date) -> bool:
        return self.from_on <= at and (self.to_on is None or at <= self.to_on)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`unit` is the usual one; a value may have its own (LIT-03: two months, then six weeks).

    `indexed`: a text gives it again each year or half-year, so that its last value always has an end.
    """

    key: str
    label: str
    unit: str
    values: tuple[DatedValue, ...]
    indexed: bool = False

    def at(self, at: date) -> DatedValue | None:
        return next((value for value in self.values if value.covers(at)), None)


@dataclass(frozen=True, slots=True)
class LimitSpec:
    """A time limit as the text writes it; `limit_id` is the rule's id, suffixed when the rule has several.

    `delay_key` is empty where only a clause gives the delay, named by `replaced_by` (SUR-17).
    `reverse_event` names the other end of a limit asked from there (LIT-01: from the assignation back to the
    last day to seize the CCAPEX). `consequence`: once it passes. `notified`: counted from reception.
    """

    limit_id: str
    rule_id: str
    label: str
    event: str
    delay_key: str
    nature: str
    rolls: bool
    direction: str
    dated_by: str | None = None
    replaced_by: str | None = None
    strictly_before: bool = False
    reverse_event: str | None = None
    consequence: str = ""
    notified: bool = False


@dataclass(frozen=True, slots=True)
class Amendment:
    """A text that rewrites the rule's section from a day on: its values go on, « à vérifier », until read."""

    from_on: date
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Rule:
    rule_id: str
    topic: str
    topic_label: str
    title: str
    text: str
    source: str
    confidence: str
    checked_on: date
    parameters: Mapping[str, Parameter]
    limits: tuple[LimitSpec, ...]
    amendment: Amendment | None = None

    @property
    def to_verify(self) -> bool:
        """True when the rule or any of its values rests on a single secondary source or on memory."""
        levels = {v.confidence for p in self.parameters.values() for v in p.values} or {self.confidence}
        if self.amendment is not None:
            levels.add(self.amendment.confidence)
        return bool(levels & TO_VERIFY) or self.confidence in TO_VERIFY


@dataclass(frozen=True, slots=True)
class Pack:
    rules: Mapping[str, Rule]
    limits: Mapping[str, LimitSpec]

    def rule(self, rule_id: str) -> Rule:
        rule = self.rules.get(rule_id.strip().upper())
        if rule is None:
            raise DomainError(
                "law.unknown_rule",
                f"La règle « {rule_id} » n’existe pas dans les règles de droit. "
                "Vérifiez l’identifiant (par exemple CAF-04) : « amiable law list » les donne tous.",
            )
        return rule


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads decimals as Decimal: 651.69 must stay 651.69, to the cent."""


_Loader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node).replace("_", ""))
)


@lru_cache(maxsize=1)
def pack() -> Pack:
    """The whole law pack, read once from the installed package."""
    folder = resources.files("amiable").joinpath("law")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return build_pack((name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names)


def build_pack(files: Iterable[tuple[str, str]]) -> Pack:
    """Checks and freezes `(file name, YAML text)` pairs. Raises LawFileError on the first fault."""
    rules: dict[str, Rule] = {}
    limits: dict[str, LimitSpec] = {}
    documents = [(name, yaml.load(text, Loader=_Loader)) for name, text in files]
    for name, document in sorted(documents, key=lambda each: each[1]["order"]):
        for row in document["rules"]:
            try:
                rule = _rule(row, document)
            except (KeyError, TypeError, AttributeError) as error:
                raise LawFileError(f"{name}, {row.get('id', '?')}: {error!r}") from error
            if rule.rule_id in rules:
                raise LawFileError(f"{name}: {rule.rule_id} is defined twice")
            rules[rule.rule_id] = rule
            limits.update({spec.limit_id: spec for spec in rule.limits})
    return Pack(MappingProxyType(rules), MappingProxyType(limits))


def _rule(row: Mapping[str, Any], document: Mapping[str, Any]) -> Rule:
    rule_id = row["id"]
    source = _text(row.get("source"), f"{rule_id}: no source")
    confidence = _one_of(row["confidence"], CONFIDENCES, f"{rule_id}: confidence")
    amendment = _amendment(rule_id, row.get("amended"))
    parameters = {
        key: _amended(_parameter(rule_id, key, spec, source, confidence), amendment)
        for key, spec in (row.get("params") or {}).items()
    }
    return Rule(
        rule_id=rule_id,
        topic=document["topic"],
        topic_label=document["title"],
        title=_text(row.get("title"), f"{rule_id}: no title"),
        text=" ".join(_text(row.get("text"), f"{rule_id}: no text").split()),
        source=source,
        confidence=confidence,
        checked_on=_date(row.get("checked_on", document["checked_on"]), rule_id),
        parameters=MappingProxyType(parameters),
        limits=_limits(rule_id, row.get("limits") or [], parameters),
        amendment=amendment,
    )


def _amendment(rule_id: str, row: Mapping[str, Any] | None) -> Amendment | None:
    if row is None:
        return None
    where = f"{rule_id}: amended"
    confidence = _one_of(row["confidence"], TO_VERIFY, f"{where}: confidence")
    return Amendment(_date(row["from"], where), _text(row.get("source"), f"{where}: no source"), confidence)


def _amended(parameter: Parameter, amendment: Amendment | None) -> Parameter:
    """The value without end is closed on the eve of the amendment, and goes on from it as one to verify."""
    last = parameter.values[-1]
    if amendment is None or last.to_on is not None or last.from_on >= amendment.from_on:
        return parameter
    closed = replace(last, to_on=amendment.from_on - timedelta(days=1))
    reopened = replace(
        last,
        from_on=amendment.from_on,
        source=f"{last.source} ; {amendment.source}",
        confidence=amendment.confidence,
    )
    return replace(parameter, values=(*parameter.values[:-1], closed, reopened))


def _parameter(rule_id: str, key: str, spec: Mapping[str, Any], source: str, confidence: str) -> Parameter:
    where = f"{rule_id}/{key}"
    rows = spec.get("values", [spec])
    values = []
    for row in rows:
        values.append(
            DatedValue(
                value=_frozen(row["value"]),
                unit=_one_of(row.get("unit", spec.get("unit")), UNITS, f"{where}: unit"),
                from_on=_date(row.get("from", DEFAULT_FROM), where),
                to_on=_date(row["to"], where) if row.get("to") is not None else None,
                source=_text(row.get("source", spec.get("source", source)), f"{where}: no source"),
                confidence=_one_of(
                    row.get("confidence", spec.get("confidence", confidence)),
                    CONFIDENCES,
                    f"{where}: confidence",
                ),
            )
        )
    return Parameter(
        key=key,
        label=_text(spec.get("label"), f"{where}: no label"),
        unit=_one_of(spec["unit"], UNITS, f"{where}: unit"),
        values=_in_order(values, where),
        indexed=_indexed(spec, values, where),
    )


def _indexed(spec: Mapping[str, Any], values: list[DatedValue], where: str) -> bool:
    indexed = spec.get("indexed", False) is True
    if indexed and max(values, key=lambda value: value.from_on).to_on is None:
        raise LawFileError(f"{where}: an indexed value has an end")
    return indexed


def _in_order(values: list[DatedValue], where: str) -> tuple[DatedValue, ...]:
    """Sorted by date; an open value ends the day before the next one; an overlap is an error."""
    ordered = sorted(values, key=lambda value: value.from_on)
    closed = []
    for value, following in zip(ordered, [*ordered[1:], None], strict=True):
        to_on = value.to_on
        if following is not None:
            if following.from_on == value.from_on or (to_on is not None and to_on >= following.from_on):
                raise LawFileError(f"{where}: two values in force on {following.from_on}")
            to_on = to_on or following.from_on - timedelta(days=1)
        if to_on is not None and to_on < value.from_on:
            raise LawFileError(f"{where}: ends on {to_on} before it begins on {value.from_on}")
        closed.append(replace(value, to_on=to_on))
    return tuple(closed)


def _limits(
    rule_id: str, rows: list[Mapping[str, Any]], parameters: Mapping[str, Parameter]
) -> tuple[LimitSpec, ...]:
    specs = []
    for number, row in enumerate(rows, start=1):
        limit_id = rule_id if len(rows) == 1 else f"{rule_id}.{number}"
        nature = _one_of(row["nature"], NATURES, f"{limit_id}: nature")
        delay_key = row.get("delay", "")
        if delay_key or not row.get("replaced_by"):
            _check_delay(limit_id, nature, delay_key, parameters)
        if not isinstance(row["rolls"], bool):
            raise LawFileError(f"{limit_id}: rolls must be true or false")
        specs.append(
            LimitSpec(
                limit_id=limit_id,
                rule_id=rule_id,
                label=_text(row.get("label"), f"{limit_id}: no label"),
                event=_text(row.get("event"), f"{limit_id}: no event"),
                delay_key=delay_key,
                nature=nature,
                rolls=row["rolls"],
                direction=_one_of(row.get("direction", "after"), DIRECTIONS, f"{limit_id}: direction"),
                dated_by=row.get("dated_by"),
                replaced_by=row.get("replaced_by"),
                strictly_before=bool(row.get("strictly_before", False)),
                reverse_event=row.get("reverse_event"),
                consequence=" ".join(str(row.get("consequence", "")).split()),
                notified=bool(row.get("notified", False)),
            )
        )
    return tuple(specs)


def _check_delay(limit_id: str, nature: str, delay_key: str, parameters: Mapping[str, Parameter]) -> None:
    parameter = parameters.get(delay_key)
    if parameter is None:
        raise LawFileError(f"{limit_id}: its delay {delay_key!r} is no parameter of the rule")
    wanted = {"month_day"} if nature in ("season", "yearly") else set(DELAY_UNITS)
    strange = {value.unit for value in parameter.values} - wanted
    if strange:
        raise LawFileError(f"{limit_id}: {strange} is no unit for a limit of nature {nature}")


def _text(value: Any, fault: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LawFileError(fault)
    return value.strip()


def _one_of(value: Any, known: Iterable[str], fault: str) -> str:
    if value not in known:
        raise LawFileError(f"{fault} {value!r} is unknown")
    return str(value)


def _date(value: Any, where: str) -> date:
    if not isinstance(value, date):
        raise LawFileError(f"{where}: {value!r} is not a date")
    return value


def _frozen(value: Any) -> LawScalar:
    """Lists become tuples and mappings read-only, so that nobody edits the law by accident."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return MappingProxyType({str(key): _frozen(item) for key, item in value.items()})
    if not isinstance(value, int | Decimal | str | bool):
        raise LawFileError(f"{value!r} is not a value the law may hold")
    return value
