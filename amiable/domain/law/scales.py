"""A scale as an office types it: « 4 480 : 1/20 ; 8 730 : 1/10 ; au-delà : 1/1 »."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from amiable.domain.errors import DomainError

_ROW = re.compile(r"(au-delà|[\d.,]+)(?:€|euros?)?:([\d]+/[1-9]\d*)")


def read_scale(text: str) -> tuple[dict[str, Any], ...]:
    """The rows of a scale by rising bounds and shares, the last « au-delà ». DomainError names the row."""
    rows: list[dict[str, Any]] = []
    parts = [part for part in text.split(";") if part.strip()]
    for number, part in enumerate(parts, start=1):
        match = _ROW.fullmatch("".join(part.casefold().split()))
        last = number == len(parts)
        if match is None or (match[1] == "au-delà") != last:
            raise _refused(
                number, part, "une tranche s’écrit « 4 480 : 1/20 », la dernière « au-delà : 1/1 »"
            )
        row: dict[str, Any] = {} if last else {"up_to": _bound(match[1], number, part)}
        row["share"] = match[2]
        if rows and not last and row["up_to"] <= rows[-1]["up_to"]:
            raise _refused(number, part, "les seuils doivent monter")
        if not (Fraction(rows[-1]["share"]) if rows else 0) < Fraction(row["share"]) <= 1:
            raise _refused(number, part, "les parts doivent monter, sans dépasser 1/1")
        rows.append(row)
    if len(rows) < 2:
        raise _refused(1, text, "il faut au moins une tranche et « au-delà »")
    return tuple(rows)


def _bound(text: str, number: int, part: str) -> Decimal:
    try:
        bound = Decimal(text.replace(",", "."))
    except ArithmeticError:
        raise _refused(number, part, "le seuil n’est pas un montant") from None
    return bound


def _refused(number: int, part: str, reason: str) -> DomainError:
    return DomainError("law.wrong_value", f"Barème, tranche {number} (« {part.strip()} ») : {reason}.")
