"""A row of any model with what its columns require and nothing more: for tests that walk the models."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models

_NEXT = itertools.count(1)
_VALUES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.DateTimeField, datetime(2026, 11, 12, 9, tzinfo=UTC)),
    (models.DateField, date(2026, 11, 12)),
    (models.TimeField, time(9)),
    (models.DecimalField, Decimal(1)),
    (models.FloatField, 1.0),
    (models.BooleanField, False),
    (models.JSONField, {}),
)


def make(model: type[models.Model], **given: Any) -> Any:
    """Create one row. `given`: columns the caller cares about."""
    wanted = {field.name: _value(field) for field in model._meta.concrete_fields if _asks(field, given)}
    return model._default_manager.create(**wanted, **given)


def _asks(field: Any, given: dict[str, Any]) -> bool:
    if field.primary_key or field.null or field.has_default() or field.name in given:
        return False
    return not getattr(field, "auto_now_add", False) and not (field.blank and field.empty_strings_allowed)


def _value(field: Any) -> Any:
    if field.is_relation:
        return make(field.related_model)
    if field.choices:
        return next(value for value, _ in field.flatchoices if value)
    for kind, value in _VALUES:
        if isinstance(field, kind):
            return value
    number = next(_NEXT)
    return number if isinstance(field, models.IntegerField) else f"x{number}"[: field.max_length]
