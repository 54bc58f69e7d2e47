"""Avis de passage: one page a home, left by hand. Anybody may read it: it says nothing of why we came."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from amiable.core.models import Agency
from amiable.correspondence.press import compile_pdf
from amiable.correspondence.typeset import drawable
from amiable.domain.text.french import long_date
from amiable.parties.models import Person
from amiable.visits.models import Round, Visit

LAYOUT = "avis_de_passage.typ"


def typeset(agency: Agency, persons: list[Person], *, day: str = "", agent: str = "") -> bytes:
    """The PDF. day empty: a line to fill in by hand, as for the hour."""
    office = agency.office
    data: dict[str, Any] = {
        "title": "Avis de passage",
        "office": drawable(office.name),
        "homes": [{"name": _name(person)} for person in persons],
        "day": day,
        "place": [drawable(line) for line in (agency.name, *agency.address.splitlines()) if line.strip()],
        "phone": agency.phone or office.phone,
        "agent": drawable(agent),
    }
    pdf, _ = compile_pdf(Path(str(files("amiable").joinpath("letters"))), LAYOUT, data)
    return pdf


def _name(person: Person) -> str:
    return drawable(f"{person.first_name} {person.last_name.upper()}".strip())


def of_round(tour: Round) -> bytes:
    """The notices of a round, in its order, to print before leaving; the hour is filled in at the door."""
    visits = tour.visits.select_related("account__person").order_by("rank")
    persons = [visit.account.person for visit in visits]
    return typeset(tour.agency, persons, day=long_date(tour.on), agent=str(tour.agent))


def of_visit(visit: Visit, agency: Agency) -> bytes:
    """One notice with blanks, for a visit made outside a round."""
    return typeset(agency, [visit.account.person])
