"""The kinds of cases, from the folders the rooms above name: the engine knows none. One module each, found by
its `KIND`. How to write one: docs/adr/0009."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from amiable.cases.models import Dossier
from amiable.core.models import Office
from amiable.core.rooms import house
from amiable.domain.cases.kind import Kind
from amiable.domain.creditors import kind as creditor
from amiable.domain.errors import DomainError


@lru_cache(maxsize=1)
def every() -> dict[str, Kind[Dossier]]:
    """Every kind by code, in the order of screens. ValueError when two say the same code."""
    found: dict[str, Kind[Dossier]] = {}
    for folder in house().kinds:
        for module in pkgutil.iter_modules(importlib.import_module(folder).__path__):
            kind = getattr(importlib.import_module(f"{folder}.{module.name}"), "KIND", None)
            if not isinstance(kind, Kind):
                continue
            if kind.code in found:
                raise ValueError(f"two kinds of cases are named {kind.code}")
            found[kind.code] = kind
    return {kind.code: kind for kind in sorted(found.values(), key=lambda one: (one.order, one.code))}


def kind_of(code: str) -> Kind[Dossier]:
    """The kind of that code. DomainError when there is none."""
    try:
        return every()[code]
    except KeyError:
        raise DomainError("dossier_kind_unknown", f"Il n’y a pas de dossier « {code} ».") from None


def of_office(office: Office) -> list[Kind[Dossier]]:
    """The kinds that fit the office's kind of creditor."""
    return [kind for kind in every().values() if creditor(office.kind).fits(kind.traits)]


def kind_of_step(step: str) -> str | None:
    """The code of the kind that accomplishes that step of the procedures, if any."""
    return next((kind.code for kind in every().values() if step and kind.step == step), None)
