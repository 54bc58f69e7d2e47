"""What somebody typed, or another program posted, read as a number: the only place where that is done.

`int("²")` fails where `"²".isdigit()` said yes, and a number of thirty figures is one no column can hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from amiable.domain.errors import DomainError

#: The largest number a column of the database holds.
MOST = 2**63 - 1
#: No amount is larger, and no exact number has more figures: sums of them still fit.
MOST_CENTS = 10**14
_FIGURES = 30
#: Delays are added to a day and taken from it: the ends of Python's calendar are no days of an office.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_WHOLE = re.compile(r"[0-9]{1,19}", re.ASCII)


def whole(text: object, *, least: int = 0, most: int = MOST) -> int:
    """A whole number without sign, as figures or as a number of JSON. DomainError when it is none."""
    if isinstance(text, int) and not isinstance(text, bool):
        number = text
    elif isinstance(text, str) and _WHOLE.fullmatch(text.strip()):
        number = int(text)
    else:
        raise DomainError("not_a_number", f"« {shown(text)} » n’est pas un nombre entier.")
    if not least <= number <= most:
        said = f"supérieur à {most}" if number > most else f"inférieur à {least}"
        raise DomainError("number_out_of_range", f"« {shown(text)} » est {said} : ce n’est pas possible ici.")
    return number


def whole_or_none(text: str, *, most: int = MOST) -> int | None:
    """None when nothing was typed."""
    return whole(text, most=most) if text.strip() else None


def wholes(texts: Iterable[str]) -> list[int]:
    """The lines that were ticked; an empty one is none."""
    return [whole(text) for text in texts if text.strip()]


def day(text: str) -> date:
    """An ISO day of a calendar one may count in. DomainError otherwise."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise DomainError("not_a_day", f"« {shown(text)} » n’est pas une date AAAA-MM-JJ.") from None
    if not in_calendar(found):
        raise DomainError("not_a_day", f"« {shown(text)} » : année attendue de {FIRST_YEAR} à {LAST_YEAR}.")
    return found


def in_calendar(on: date) -> bool:
    return FIRST_YEAR <= on.year <= LAST_YEAR


def exact(text: str) -> Decimal:
    """`2,75` as an exact number of a size one may count with. DomainError otherwise."""
    cleaned = "".join(text.split()).replace(",", ".")
    try:
        number = Decimal(cleaned) if len(cleaned) <= _FIGURES else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    # A power of ten is short to write and long to count: its size is looked at, not its value.
    if not number.is_finite() or abs(number.adjusted()) > _FIGURES or abs(number) > MOST:
        raise DomainError("not_a_number", f"« {shown(text)} » n’est pas un nombre, comme 2,75.")
    return number


def shown(text: object) -> str:
    """What was typed, as a message may repeat it."""
    said = str(text) if not isinstance(text, int) or abs(text) <= MOST else "un nombre immense"
    return "".join(c for c in said[:40] if c.isprintable()) + ("…" if len(said) > 40 else "")
