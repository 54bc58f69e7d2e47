"""An office's policy over its kind's defaults, and the values procedures name: `$policy.x`, `$law.ID:key`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from amiable.domain import law
from amiable.domain.creditors import kind
from amiable.domain.decision.conditions import LAW_PREFIX, POLICY_PREFIX
from amiable.domain.errors import DomainError


def effective(kind_code: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of a kind of creditor: the office's own values over the shipped ones."""
    settings = kind(kind_code).defaults()
    return {**settings, **{key: value for key, value in chosen.items() if key in settings}}


def check(kind_code: str, key: str, value: Any) -> Any:
    """The value when the office may choose it; a refusal names the article the setting rests on, if any."""
    setting = kind(kind_code).setting(key)
    try:
        return setting.check(value)
    except DomainError as error:
        if setting.rule is None:
            raise
        rule = law.rule(setting.rule)
        raise DomainError(
            error.code, f"{error.message_fr} {rule.title} ({rule.rule_id}) : {rule.source}."
        ) from None


def value_of(policy: Mapping[str, Any], as_of: date) -> Callable[[str], Any]:
    """Resolver of references: policy values as they are, law values in cents or whole units at `as_of`."""

    def resolve(reference: str) -> Any:
        if reference.startswith(POLICY_PREFIX):
            name = reference.removeprefix(POLICY_PREFIX)
            if name not in policy:
                raise DomainError("policy_unknown", f"Le réglage « {name} » n’existe pas pour cet office.")
            return policy[name]
        return law_number(reference, as_of)

    return resolve


def law_number(reference: str, at: date) -> int:
    """`$law.PUB-06:threshold` as integer cents, `$law.PUB-05.1` as a whole number of its own unit."""
    rule_id, _, key = reference.removeprefix(LAW_PREFIX).partition(":")
    value = law.get(rule_id, at, key or None)
    return value.cents if value.unit.startswith("EUR") else int(value.number)
