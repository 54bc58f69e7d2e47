"""`amiable household FILE.json`: what a household's budget leaves and may pay back. No database is needed.

The file's form is described in docs/guide/menage-json.md; `-` reads it from the standard input.
"""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from amiable.cli.common import day, print_json
from amiable.core import clock
from amiable.domain.creditors import kind
from amiable.domain.errors import DomainError
from amiable.domain.household.figures import Figure, Figures, Scales, figures
from amiable.domain.household.people import dependants
from amiable.domain.household.reading import Household, load
from amiable.domain.text.french import parse_euros

#: A budget is a page of text.
MOST_BYTES = 1_000_000
RATE_PLACES = 4
#: What the file gives, by the name it has in the answer; None keeps the figure's own unit.
_NAMES = {
    "resources": "resources_cents",
    "net_rent": "net_rent_cents",
    "charges": "charges_cents",
    "debts": "debts_cents",
    "effort_rate": "effort_rate",
    "units": "consumption_units",
    "living_rest": "living_rest_per_day_unit_cents",
    "seizable": "seizable_cents",
    "rsa": "rsa_cents",
    "living_minimum": "living_minimum_cents",
    "capacity": "capacity_cents",
    "months": "months",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = subparsers.add_parser("household", help="budget d’un ménage : reste à vivre, capacité")
    command.add_argument(
        "file", metavar="FICHIER", help="fichier JSON du ménage, ou - pour l’entrée standard"
    )
    command.add_argument("--at", type=day, metavar="DATE", help="date des barèmes (AAAA-MM-JJ), aujourd’hui")
    command.add_argument(
        "--living-floor",
        type=_cents,
        metavar="EUROS",
        help="minimum pour vivre de l’office, par jour et par unité de consommation",
    )
    command.add_argument("--json", action="store_true", help="un objet JSON")
    command.set_defaults(run=run, needs_django=False)


def run(arguments: argparse.Namespace) -> int:
    household = load(_text(arguments.file))
    at = arguments.at or clock.today()
    floor = arguments.living_floor
    if floor is None:
        floor = int(kind("landlord").defaults()["living_floor_cents"])
    found = figures(household.situation, at, Scales(floor), debt_cents=household.debt_cents)
    if arguments.json:
        print_json({"at": at, **_answer(household, found)})
        return 0
    for figure in found.values():
        print(f"{figure.label_fr} : {figure.said_fr}")
        for line in (figure.formula_fr, figure.source, figure.note_fr):
            if line:
                print(f"  {line}")
    return 0


def _text(name: str) -> str:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DomainError(
            "household.unreadable", f"« {name} » ne peut pas être lu : {error.strerror}."
        ) from None
    if len(data) > MOST_BYTES:
        raise DomainError("household.too_long", f"« {name} » est trop long pour un budget (1 Mo au plus).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError(
            "household.not_utf8", f"« {name} » n’est pas du texte UTF-8 (octet {error.start + 1})."
        ) from None


def _answer(household: Household, found: Figures) -> dict[str, Any]:
    """Every number by name, null when it is unknown, then how each was found."""
    numbers = {name: _plain(found[code]) for code, name in _NAMES.items() if code in found}
    return {
        **numbers,
        "dependants": dependants(household.situation.members),
        "details": [
            {
                "name": _NAMES[code],
                "label": figure.label_fr,
                "formula": figure.formula_fr,
                "rules": list(figure.rules),
                "source": figure.source,
                "to_verify": figure.to_verify,
                "note": figure.note_fr,
            }
            for code, figure in found.items()
        ],
    }


def _plain(figure: Figure) -> int | float | None:
    number = figure.number
    if isinstance(number, Fraction) and figure.unit in ("rate", "units"):
        return round(float(number), RATE_PLACES)
    return None if number is None else int(number)


def _cents(text: str) -> int:
    try:
        cents = parse_euros(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(error.message_fr) from None
    if cents < 0:
        raise argparse.ArgumentTypeError("un minimum ne peut pas être négatif")
    return cents
