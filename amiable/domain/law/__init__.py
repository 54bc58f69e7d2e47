"""What the law says on a given day: `get` for a value, `limit` for a date. Nothing is guessed.

    get("CAF-03", date(2027, 1, 1), "threshold").cents      -> 45000
    limit("CAF-04", date(2026, 12, 31)).ends_on             -> 2027-02-28

Both read the law pack (`amiable/law/*.yaml`) and raise DomainError when nobody has sourced the answer. An
office's own values for rules still « à vérifier » are passed in as `overrides`: the law touches no database.
"""

from amiable.domain.law.limits import Limit, limit, limits
from amiable.domain.law.pack import CONFIDENCES, TO_VERIFY, UNITS, LimitSpec, Rule
from amiable.domain.law.scales import read_scale
from amiable.domain.law.values import (
    TEXT_KEY,
    LawValue,
    Override,
    Overrides,
    confidence_label,
    estimate,
    get,
    get_all,
    known_from,
    limit_specs,
    limit_words,
    override_map,
    rule,
    rules,
)

__all__ = [
    "CONFIDENCES",
    "TEXT_KEY",
    "TO_VERIFY",
    "UNITS",
    "LawValue",
    "Limit",
    "LimitSpec",
    "Override",
    "Overrides",
    "Rule",
    "confidence_label",
    "estimate",
    "known_from",
    "get",
    "get_all",
    "limit",
    "limit_specs",
    "limit_words",
    "limits",
    "override_map",
    "read_scale",
    "rule",
    "rules",
]
