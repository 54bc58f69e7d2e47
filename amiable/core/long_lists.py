"""A long list of values in a condition is one parameter, whichever query gives it.

Preparing ten thousand numbers one parameter each, on the way to the database, costs more than the answer.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Field
from django.db.models.fields.related import ForeignObject
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

#: Up to here the database plans better with the values themselves.
FEW = 200
_ARRAY = "ANY("
_TYPES: dict[type, str] = {int: "bigint", str: "text"}


class _Listed(In):
    """`IN` over numbers or texts, as one array on PostgreSQL and one JSON text on SQLite."""

    def process_rhs(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        kind = self._kind()
        if kind is None:
            return super().process_rhs(compiler, connection)
        values = [value for value in dict.fromkeys(self.rhs) if value is not None]
        if connection.vendor == "postgresql":
            return f"{_ARRAY}%s::{kind}[])", (values,)
        return "(SELECT value FROM json_each(%s))", (json.dumps(values),)

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= {rhs}" if rhs.startswith(_ARRAY) else super().get_rhs_op(connection, rhs)

    def _kind(self) -> str | None:
        """The type of a list long enough, all of one plain type; None for anything else."""
        if not self.rhs_is_direct_value() or len(self.rhs) <= FEW:
            return None
        types = {type(value) for value in self.rhs} - {type(None)}
        return _TYPES.get(types.pop()) if len(types) == 1 else None


class _ListedRelated(_Listed, RelatedIn):
    """The same where the column is a link to another table."""


def install() -> None:
    Field.register_lookup(_Listed)
    ForeignObject.register_lookup(_ListedRelated)
