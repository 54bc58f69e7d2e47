"""The figures of a case on their day: copied when it begins, read again as long as it has not left.

What the officer typed stays theirs; everything else is what the ledger and the facts say now.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from amiable.cases.kinds import kind_of
from amiable.cases.models import Dossier
from amiable.cases.opening import prefilled
from amiable.domain.cases.event import Field
from amiable.domain.cases.family import IN_PREPARATION
from amiable.domain.decision import facts as vocabulary
from amiable.domain.text import french
from amiable.positions.facts import frame, rules


@dataclass(frozen=True)
class Moved:
    """A figure that is no longer what the case says."""

    field: Field
    was: Any
    now: Any

    @property
    def said_fr(self) -> str:
        was, now = _shown(self.field, self.was), _shown(self.field, self.now)
        return f"{self.field.label_fr} : {was}, aujourd’hui {now}"


def moved(dossier: Dossier, today: date) -> list[Moved]:
    """What changed since the case was prepared, in the order of its fields; nothing once it has left."""
    if dossier.stage not in IN_PREPARATION:
        return []
    office, ids = dossier.office, [dossier.account_id]
    known = rules(office, today)
    told = vocabulary.with_derived(frame(office=office, as_of=today, ids=ids, known=known), today)
    read = prefilled(dossier, told.row(0, named=True), today)
    theirs = typed(dossier)
    return [
        Moved(field, dossier.fields.get(field.code), read[field.code])
        for field in kind_of(dossier.kind).fields
        if field.source and field.code not in theirs and field.code in read
        if read[field.code] != dossier.fields.get(field.code)
    ]


def typed(dossier: Dossier) -> set[str]:
    """Codes of the fields somebody filled in."""
    told = dossier.events.filter(event__in=("opened", "edited")).values_list("data", flat=True)
    return {code for data in told for code in data.get("typed", ())}


def read_again(dossier: Dossier, found: list[Moved]) -> None:
    """The case says today's figures; not saved here."""
    dossier.fields = {**dossier.fields, **{one.field.code: one.now for one in found}}


def mark_of(found: list[Moved]) -> str:
    """What whoever read these figures gives back: others since then are to be read too."""
    told = json.dumps([[one.field.code, one.was, one.now] for one in found])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _shown(field: Field, value: Any) -> str:
    if value in (None, ""):
        return "inconnu"
    if field.kind == "money":
        return french.euros(int(value))
    if field.kind == "date":
        return french.long_date(date.fromisoformat(str(value)))
    return str(value)
