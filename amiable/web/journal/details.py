"""What the data of an event of the audit journal says at a glance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amiable.core.models import Agency, Office, User
from amiable.diary.models import Promise
from amiable.domain.decision.facts import HOLD_LABELS
from amiable.domain.text import french
from amiable.domain.text.french import euros, plural

_PROMISES = dict(Promise.Status.choices)
_LISTS = {
    "accounts": "liste des comptes",
    "titres": "liste des titres",
    "movements": "mouvements",
    "snapshot": "état des restes",
    "bank": "banque",
}
_ROLES = dict(User.Role.choices)
_COLUMNS = {
    field.name: str(field.verbose_name) for model in (Agency, Office, User) for field in model._meta.fields
}
#: What the data of an event means, for the keys worth reading at a glance.
_DETAILS: dict[str, Callable[[Any], str]] = {
    "role": lambda value: str(_ROLES.get(value, value)),
    "kind": lambda value: HOLD_LABELS.get(value, ""),
    "accounts": lambda value: plural(value, "compte") if isinstance(value, int) else "",
    "status": lambda value: french.inside(str(_PROMISES.get(value, ""))),
    "list": lambda value: _LISTS.get(value, str(value)),
    "accepted": lambda value: plural(value, "ligne"),
    "lines": lambda value: plural(value, "ligne") if isinstance(value, int) else "",
    "version": lambda value: f"version {value}",
    "amount_cents": lambda value: euros(value) if isinstance(value, int) else "",
    "format": lambda value: str(value).upper(),
    "changed": lambda value: " · ".join(_changed(name, *pair) for name, pair in value.items()),
    "key": str,
    "code": str,
    "rule": str,
    "rule_id": str,
}


def _changed(name: str, former: Any, value: Any) -> str:
    return f"{_COLUMNS.get(name, name)} : {_shown(former)} → {_shown(value)}"


def _shown(value: Any) -> str:
    return (
        "—" if value in ("", None, []) else str(_ROLES.get(value, value) if isinstance(value, str) else value)
    )


def detail(data: dict[str, Any]) -> str:
    """The few words of an event's data that help, joined by dots."""
    said = [_DETAILS[key](value) for key, value in data.items() if key in _DETAILS and value is not None]
    return " · ".join(words for words in said if words)
