"""The value of a rule on a given day, with source and confidence. Callers import `amiable.domain.law`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from amiable.domain.errors import DomainError
from amiable.domain.law.pack import (
    CONFIDENCES,
    DEFAULT_FROM,
    TO_VERIFY,
    UNITS,
    LawScalar,
    LimitSpec,
    Parameter,
    Rule,
    pack,
)
from amiable.domain.text import french

#: The key under which a rule without figures answers: its value is its text.
TEXT_KEY = "text"
#: The code of the refusal to answer for a day nobody sourced.
UNKNOWN_PERIOD = "law.unknown_period"


@dataclass(frozen=True, slots=True)
class LawValue:
    """A value in force on the day asked, with all that must be shown beside it.

    `value` is exact (int, Decimal, str, bool, tuple or read-only mapping), `unit` one of `law_pack.UNITS`,
    `to_on` None when no end is known. `overridden` tells an office's own value, `outdated` the last known one
    of an indexed parameter, given for an estimate after its end.
    """

    rule_id: str
    key: str
    value: LawScalar
    unit: str
    source: str
    from_on: date
    to_on: date | None
    confidence: str
    text: str
    overridden: bool = False
    outdated: bool = False

    @property
    def to_verify(self) -> bool:
        return self.outdated or self.confidence in TO_VERIFY

    @property
    def outdated_fr(self) -> str:
        """« barème 2026, à mettre à jour », or nothing when the value is in force."""
        return f"barème {self.from_on.year}, à mettre à jour" if self.outdated else ""

    @property
    def number(self) -> int | Decimal:
        """The value as an exact number. Raises DomainError when it is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise DomainError(
                "law.not_a_number",
                f"La valeur {self.rule_id} ({self.key}) n’est pas un nombre : {self.value}.",
            )
        return self.value

    @property
    def cents(self) -> int:
        """An amount in euros as integer cents, rounded half up."""
        if not self.unit.startswith("EUR"):
            raise DomainError(
                "law.not_an_amount",
                f"La valeur {self.rule_id} ({self.key}) n’est pas en euros mais en {UNITS[self.unit]}.",
            )
        return int((Decimal(self.number) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Override:
    """An office's own value for one parameter; kept in the database by `core`, given here as an argument."""

    rule_id: str
    key: str
    value: LawScalar
    from_on: date
    to_on: date | None
    source: str


Overrides = Mapping[tuple[str, str], Sequence[Override]]


def override_map(overrides: Iterable[Override]) -> Overrides:
    """Groups overrides as `get` and `limit` want them. The last one given wins where two cover a day."""
    grouped: dict[tuple[str, str], list[Override]] = {}
    for override in overrides:
        grouped.setdefault((override.rule_id, override.key), []).append(override)
    return grouped


def rules() -> tuple[Rule, ...]:
    """Every rule of the pack, in the order of the topics."""
    return tuple(pack().rules.values())


def rule(rule_id: str) -> Rule:
    """One rule by its id (PUB-03.1 gives PUB-03). Raises DomainError when unknown."""
    limits = pack().limits
    wanted = rule_id.strip().upper()
    return pack().rule(limits[wanted].rule_id if wanted in limits else wanted)


def limit_specs(rule_id: str) -> tuple[LimitSpec, ...]:
    """The time limits an id names: one, all those of a rule, or none."""
    known = pack().limits
    wanted = rule_id.strip().upper()
    if wanted in known:
        return (known[wanted],)
    return pack().rule(wanted).limits


def known_from(limit_id: str) -> date:
    """The first day for which a limit's delay is sourced."""
    spec = limit_specs(limit_id)[0]
    return min(value.from_on for value in rule(spec.rule_id).parameters[spec.delay_key].values)


@dataclass(frozen=True, slots=True)
class LimitWords:
    """What a limit is called, what follows when it passes (empty: nothing the law says), and whether it is a
    delay to be waited for rather than kept."""

    label: str
    consequence: str
    waits: bool = False


def limit_words(rule_id: str) -> LimitWords:
    """The words of a limit; those of the rule when it has several and none is named."""
    spec = pack().limits.get(rule_id.strip().upper())
    if spec is None:
        return LimitWords(rule(rule_id).title, "")
    return LimitWords(spec.label, spec.consequence, waits=spec.nature == "waiting")


def get(rule_id: str, at: date, key: str | None = None, *, overrides: Overrides | None = None) -> LawValue:
    """The value of a rule's parameter in force `at` that day.

    `key` may be left out when the rule has a single parameter, and for a limit's suffixed id (PUB-03.2).
    A rule without figures answers with its own text. Raises DomainError: unknown rule, unknown or missing
    key, or a day for which no value is sourced.
    """
    found = rule(rule_id)
    wanted = rule_id.strip().upper()
    if key is None and wanted != found.rule_id:
        key = pack().limits[wanted].delay_key
    if not found.parameters and key in (None, TEXT_KEY):
        return _text_value(found, at)
    parameter = _parameter(found, key)
    local = _override(found, parameter, at, overrides)
    return local if local is not None else _dated(found, parameter, at)


def estimate(
    rule_id: str, at: date, key: str | None = None, *, overrides: Overrides | None = None
) -> LawValue:
    """As `get`, for what is only estimated (a budget, a plan, a simulation), never for what is served.

    After the end of an indexed parameter, its last known value (the office's own included), marked
    `outdated`. Anything else nobody sourced raises as `get` does.
    """
    try:
        return get(rule_id, at, key, overrides=overrides)
    except DomainError as error:
        if error.code != UNKNOWN_PERIOD:
            raise
        found = rule(rule_id)
        parameter = _parameter(found, key)
        last_days = [value.to_on for value in parameter.values if value.to_on is not None]
        last_days += [
            own.to_on for own in (overrides or {}).get((found.rule_id, parameter.key), ()) if own.to_on
        ]
        past = [day for day in last_days if day < at]
        if not parameter.indexed or not past:
            raise
        return replace(get(rule_id, max(past), key, overrides=overrides), outdated=True)


def get_all(rule_id: str, at: date, *, overrides: Overrides | None = None) -> tuple[LawValue, ...]:
    """Every parameter of the rule in force `at` that day, in the file's order.

    DomainError when none is, or when the first one, which is the rule's own figure, is unknown that day: what
    goes with a rate (a surcharge, a delay) must not pass for it.
    """
    found = rule(rule_id)
    if rule_id.strip().upper() != found.rule_id or not found.parameters:
        return (get(rule_id, at, overrides=overrides),)
    first, *others = found.parameters
    values = [get(rule_id, at, first, overrides=overrides)]
    for key in others:
        with suppress(DomainError):
            values.append(get(rule_id, at, key, overrides=overrides))
    return tuple(values)


def _parameter(found: Rule, key: str | None) -> Parameter:
    if key is None:
        if len(found.parameters) == 1:
            return next(iter(found.parameters.values()))
        raise DomainError(
            "law.key_needed",
            f"La règle {found.rule_id} a plusieurs paramètres : précisez {', '.join(found.parameters)}.",
        )
    parameter = found.parameters.get(key)
    if parameter is None:
        known = ", ".join(found.parameters) or TEXT_KEY
        raise DomainError(
            "law.unknown_key",
            f"La règle {found.rule_id} n’a pas de paramètre « {key} ». Paramètres connus : {known}.",
        )
    return parameter


def _dated(found: Rule, parameter: Parameter, at: date) -> LawValue:
    value = parameter.at(at)
    if value is None:
        periods = ", ".join(_period(dated.from_on, dated.to_on) for dated in parameter.values)
        missing = " L’office peut saisir la nouvelle valeur, avec sa source." if parameter.indexed else ""
        raise DomainError(
            UNKNOWN_PERIOD,
            f"Aucune valeur sourcée de {found.rule_id} ({french.inside(parameter.label)}) au {at:%d/%m/%Y} : "
            f"les périodes connues sont {periods}. Rien n’a été supposé.{missing}",
        )
    return LawValue(
        rule_id=found.rule_id,
        key=parameter.key,
        value=value.value,
        unit=value.unit,
        source=value.source,
        from_on=value.from_on,
        to_on=value.to_on,
        confidence=value.confidence,
        text=found.text,
    )


def _override(found: Rule, parameter: Parameter, at: date, overrides: Overrides | None) -> LawValue | None:
    shipped = parameter.at(at)
    if shipped is not None and shipped.confidence not in TO_VERIFY:
        # A value read in the text itself is not for an office to change.
        return None
    covering = [
        local
        for local in (overrides or {}).get((found.rule_id, parameter.key), ())
        if local.from_on <= at and (local.to_on is None or at <= local.to_on)
    ]
    if not covering:
        return None
    local = covering[-1]
    return LawValue(
        rule_id=found.rule_id,
        key=parameter.key,
        value=local.value,
        unit=shipped.unit if shipped is not None else parameter.unit,
        source=local.source,
        from_on=local.from_on,
        to_on=local.to_on,
        confidence=shipped.confidence if shipped is not None else found.confidence,
        text=found.text,
        overridden=True,
    )


def _text_value(found: Rule, at: date) -> LawValue:
    if at < DEFAULT_FROM:
        raise DomainError(
            UNKNOWN_PERIOD,
            f"La règle {found.rule_id} n’est sourcée que {_period(DEFAULT_FROM, None)}.",
        )
    amendment = found.amendment
    amended = amendment is not None and at >= amendment.from_on
    ends = amendment.from_on - timedelta(days=1) if amendment is not None and not amended else None
    return LawValue(
        rule_id=found.rule_id,
        key=TEXT_KEY,
        value=found.text,
        unit="text",
        source=f"{found.source} ; {amendment.source}" if amendment is not None and amended else found.source,
        from_on=amendment.from_on if amendment is not None and amended else DEFAULT_FROM,
        to_on=ends,
        confidence=amendment.confidence if amendment is not None and amended else found.confidence,
        text=found.text,
    )


def _period(from_on: date, to_on: date | None) -> str:
    if to_on is None:
        return f"depuis le {from_on:%d/%m/%Y}"
    return f"du {from_on:%d/%m/%Y} au {to_on:%d/%m/%Y}"


def confidence_label(level: str) -> str:
    """« à vérifier » levels say so; the others say what was read."""
    label = CONFIDENCES[level]
    return f"à vérifier : {label}" if level in TO_VERIFY else label
