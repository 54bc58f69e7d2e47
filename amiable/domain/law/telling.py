"""Law values as French people write them: « 2 mois », « 651,69 € par mois », « du 1er mars au 2 mai »."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from amiable.domain.law.pack import UNITS, LawScalar
from amiable.domain.text.french import MONTHS, NARROW, NBSP, plural

#: Units that agree with their number: (one, several).
_COUNTED = {
    "days": ("jour", "jours"),
    "weeks": ("semaine", "semaines"),
    "months": ("mois", "mois"),
    "years": ("an", "ans"),
    "ouvrable_days": ("jour ouvrable", "jours ouvrables"),
    "working_days": ("jour ouvré", "jours ouvrés"),
    "instalments": ("mensualité", "mensualités"),
    "characters": ("caractère", "caractères"),
    "points": ("point", "points"),
}


def tell(value: LawScalar, unit: str) -> str:
    """One line of French for a value of the pack; a scale or a table is told by `tell_lines`."""
    if unit in _COUNTED and isinstance(value, int):
        return plural(value, *_COUNTED[unit])
    special = _SPECIAL.get(unit)
    if special is not None:
        return special(value)
    if isinstance(value, tuple | Mapping):
        return " ; ".join(tell_lines(value, unit))
    if isinstance(value, int | Decimal) and unit != "count":
        return f"{number(value)}{NBSP}{UNITS[unit]}"
    return number(value) if isinstance(value, int | Decimal) else str(value)


def tell_lines(value: LawScalar, unit: str) -> list[str]:
    """The lines of a scale or of a table by territory; a single line for anything else."""
    if unit == "scale" and isinstance(value, tuple):
        return [_bracket(row) for row in value]
    if isinstance(value, Mapping):
        return [f"{name} : {_table_cell(cell)}" for name, cell in value.items() if cell]
    return [tell(value, unit)]


def number(value: int | Decimal) -> str:
    """`16020` -> `16 020`, `2.75` -> `2,75`; a decimal keeps the digits of its source."""
    return f"{value:,}".replace(",", NARROW).replace(".", ",")


def _bracket(row: Any) -> str:
    share = "la totalité" if row["share"] == "1/1" else row["share"]
    return f"jusqu’à {number(row['up_to'])}{NBSP}€ : {share}" if "up_to" in row else f"au-delà : {share}"


def _table_cell(cell: Any) -> str:
    return ", ".join(cell) if isinstance(cell, Mapping) else str(cell)


def _month_day(value: Any) -> str:
    if isinstance(value, tuple):
        return f"du {_month_day(value[0])} au {_month_day(value[1])}"
    month, day = (int(part) for part in str(value).split("-"))
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]}"


def _money(suffix: str) -> Callable[[Any], str]:
    def told(value: Any) -> str:
        return f"{number(value)}{NBSP}€{suffix}"

    return told


_SPECIAL: dict[str, Callable[[Any], str]] = {
    "EUR": _money(""),
    "EUR_per_month": _money(" par mois"),
    "EUR_per_hour": _money(" de l’heure"),
    "yes_no": lambda value: "oui" if value else "non",
    "month_day": _month_day,
    "hour": lambda value: f"{value}{NBSP}h",
    "times_monthly_base": lambda value: f"{number(value)} fois la base mensuelle",
    "times_pmss": lambda value: f"{number(value)} fois le plafond mensuel",
}
