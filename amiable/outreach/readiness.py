"""What an office has still to say of itself before its letters can leave.

The values are those its messages are filled with (`values.office_values`), and the texts those its procedures
send: what is missing here is what would be refused when a batch is prepared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from amiable.core.models import Agency, Office
from amiable.correspondence import templates, wording
from amiable.correspondence.variables import VARIABLES
from amiable.domain.errors import DomainError
from amiable.outreach import payment, values
from amiable.outreach.drafting import ON_EVERY_LETTER
from amiable.procedures.in_force import load_book


def gaps(office: Office, today: date) -> list[str]:
    """One sentence for each thing missing, with the documents that wait for it; empty: all can leave."""
    try:
        waiting = _waiting(office, today)
    except DomainError as error:  # no procedure to send anything
        return [error.message_fr]
    found: dict[str, list[str]] = {}
    for agency in [*office.agencies.all()] or [None]:
        for name in _missing(office, agency):
            if name in waiting:
                found.setdefault(name, []).append(str(agency) if agency else "")
    return [_sentence(office, name, places, waiting[name]) for name, places in found.items()]


def _waiting(office: Office, today: date) -> dict[str, list[str]]:
    """The documents of the steps that are asked for, by the variables they use."""
    book = load_book(office, today)
    steps = [step for editions in book.editions.values() for step in editions[-1].procedure.active]
    found: dict[str, list[str]] = {}
    for code in sorted({code for step in steps for code in step.templates.values()}):
        text = templates.current(office, code)
        names = wording.names_in(f"{text.subject}\n{text.body}")
        for name in dict.fromkeys([*names, *(ON_EVERY_LETTER if text.wording.is_letter else ())]):
            found.setdefault(name, []).append(text.wording.label_fr)
    return found


def _missing(office: Office, agency: Agency | None) -> Iterator[str]:
    for name, value in values.office_values(office, agency).items():
        if not value or (name == "moyens_de_paiement" and payment.gap(office)):
            yield name


def _sentence(office: Office, name: str, places: list[str], documents: list[str]) -> str:
    shown = ", ".join(f"« {label} »" for label in documents[:3])
    wanted_by = f"{shown} et {len(documents) - 3} autres" if len(documents) > 3 else shown
    if name == "moyens_de_paiement":
        return f"{payment.gap(office).rstrip('.')}, pour {wanted_by}."
    everywhere = len(places) == max(office.agencies.count(), 1)
    where = "" if everywhere else f" ({', '.join(places)})"
    return f"{VARIABLES[name].label_fr}{where} : inconnu, pour {wanted_by}."
