"""The kinds of dossiers: one module each, found by its `KIND`. How to write one: docs/adr/0009."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from amiable.core.models import Office
from amiable.domain.cases.kind import Kind
from amiable.domain.creditors import kind as creditor
from amiable.domain.errors import DomainError


@lru_cache(maxsize=1)
def every() -> dict[str, Kind]:
    """Every kind by code, in the order of screens."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        kind = getattr(importlib.import_module(f"{__name__}.{module.name}"), "KIND", None)
        if isinstance(kind, Kind):
            found.append(kind)
    return {kind.code: kind for kind in sorted(found, key=lambda one: (one.order, one.code))}


def kind_of(code: str) -> Kind:
    """The kind of that code. DomainError when there is none."""
    try:
        return every()[code]
    except KeyError:
        raise DomainError("dossier_kind_unknown", f"Il n’y a pas de dossier « {code} ».") from None


def of_office(office: Office) -> list[Kind]:
    """The kinds that fit the office's kind of creditor."""
    return [kind for kind in every().values() if creditor(office.kind).fits(kind.traits)]


def kind_of_step(step: str) -> str | None:
    """The code of the kind that accomplishes that step of the procedures, if any."""
    return next((kind.code for kind in every().values() if step and kind.step == step), None)
