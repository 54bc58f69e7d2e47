"""An office's own values for rules still « à vérifier »: who chose them, why, from when.

The law files stay as they are; `in_force` gives the values in the form `amiable.domain.law` takes.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django.db import transaction

from amiable.core import journal
from amiable.core.access import require
from amiable.core.models import LawOverride, Office, User
from amiable.domain import law
from amiable.domain.errors import DomainError
from amiable.domain.law.pack import DELAY_UNITS, LawScalar, Parameter, Rule
from amiable.domain.text.typed import exact, shown

#: Values a form cannot hold in one field; none of them is « à vérifier » today.
_NOT_IN_A_FIELD = {"month_day"}


def in_force(office: Office) -> law.Overrides:
    """Every override of the office, oldest first: where two cover a day, the newest counts. One query."""
    rows = LawOverride.objects.filter(office=office).order_by("created_at", "pk")
    return law.override_map(
        law.Override(
            rule_id=row.rule_id,
            key=row.key,
            value=kept_value(row.value),
            from_on=row.from_on,
            to_on=row.to_on,
            source=row.source,
        )
        for row in rows
    )


def open_parameters(rule: Rule) -> tuple[Parameter, ...]:
    """The parameters an office may set itself: those with a value « à vérifier », and the indexed ones, whose
    next value it may know before a new version of the law files does."""
    return tuple(
        parameter
        for parameter in rule.parameters.values()
        if (parameter.indexed or any(value.confidence in law.TO_VERIFY for value in parameter.values))
        and not {value.unit for value in parameter.values} & _NOT_IN_A_FIELD
    )


@transaction.atomic
def add(
    *,
    office: Office,
    actor: User,
    rule_id: str,
    key: str,
    value: str,
    reason: str,
    source: str,
    from_on: date,
    to_on: date | None,
) -> LawOverride:
    """Set the office's own value from `from_on`. DomainError when the rule is certain or the value unfit."""
    require(actor, "override_law")
    rule = law.rule(rule_id)
    parameter = rule.parameters.get(key)
    if parameter is None or parameter not in open_parameters(rule):
        raise DomainError(
            "law.not_open",
            f"La règle {rule.rule_id} a été lue dans son texte : elle ne se modifie pas ici. "
            "Seules les valeurs « à vérifier », ou revues chaque année, peuvent recevoir une valeur de "
            "l’office.",
        )
    shipped = parameter.at(from_on)
    if shipped is not None and shipped.confidence not in law.TO_VERIFY:
        raise DomainError(
            "law.certain_that_day",
            f"Au {from_on:%d/%m/%Y}, cette valeur de {rule.rule_id} est certaine ({shipped.source}). "
            "Choisissez une date d’effet où elle est à vérifier, ou qui suit sa fin.",
        )
    if to_on is not None and to_on < from_on:
        raise DomainError("law.dates_reversed", "La date de fin précède la date d’effet.")
    if not reason.strip() or not source.strip():
        raise DomainError("law.unsourced", "Indiquez le motif et la source ; sans source, rien n’est retenu.")
    row = LawOverride.objects.create(
        office=office,
        rule_id=rule.rule_id,
        key=key,
        value=_checked(value, shipped.unit if shipped is not None else parameter.unit),
        reason=reason.strip(),
        source=source.strip(),
        author=actor,
        from_on=from_on,
        to_on=to_on,
    )
    journal.record(
        "law_override_added",
        office=office,
        actor=actor,
        target=row,
        data={"rule": rule.rule_id, "key": key, "from": from_on.isoformat()},
    )
    return row


@transaction.atomic
def end(*, override: LawOverride, actor: User, last_on: date) -> None:
    """Stop an override after `last_on`; one that had not begun never counts. It stays listed."""
    require(actor, "override_law")
    if override.to_on is not None and override.to_on <= last_on:
        raise DomainError("law.already_ended", "Cette valeur a déjà pris fin.")
    ends_on = max(last_on, override.from_on - timedelta(days=1))
    changed = LawOverride.objects.filter(pk=override.pk, to_on=override.to_on).update(to_on=ends_on)
    if not changed:
        raise DomainError("stale", "Cette valeur vient d’être changée par quelqu’un d’autre.")
    journal.record(
        "law_override_ended",
        office=override.office,
        actor=actor,
        target=override,
        data={"rule": override.rule_id, "key": override.key, "to": ends_on.isoformat()},
    )


def _checked(text: str, unit: str) -> str | int | bool | list[dict[str, str]]:
    """What the database keeps: a number as exact text, a delay as a positive integer, « oui » as True, a
    scale as its rows."""
    text = text.strip()
    if unit == "scale":
        return [{key: str(value) for key, value in row.items()} for row in law.read_scale(text)]
    if unit == "text":
        if not text:
            raise DomainError("law.empty_value", "La valeur est vide.")
        return text
    if unit == "yes_no":
        if text.casefold() not in {"oui", "non"}:
            raise DomainError("law.wrong_value", "Cette valeur se donne par oui ou par non.")
        return text.casefold() == "oui"
    try:
        number = exact(text.removesuffix("€").removesuffix("%"))
    except DomainError:
        number = Decimal(-1)
    if number < 0:
        raise DomainError("law.wrong_value", f"« {shown(text)} » n’est pas un nombre positif, comme 2,75.")
    if unit in DELAY_UNITS and (number != int(number) or number == 0):
        raise DomainError("law.wrong_value", f"Un délai est un nombre entier de {DELAY_UNITS[unit]}.")
    return int(number) if number == int(number) else str(number)


def kept_value(kept: object) -> LawScalar:
    """The exact value of a row: decimals are kept as text, so that no float touches them."""
    if isinstance(kept, str):
        try:
            return Decimal(kept)
        except InvalidOperation:
            return kept
    if isinstance(kept, list):
        return tuple({key: kept_value(value) for key, value in row.items()} for row in kept)
    assert isinstance(kept, int | bool)
    return kept
