"""French writing of amounts, dates and counts: one place for every screen, letter and message."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from amiable.domain.errors import DomainError
from amiable.domain.text.typed import MOST_CENTS, shown

NBSP = "\u00a0"
NARROW = "\u202f"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def unbreakable(text: str) -> str:
    """A number that a line end must not cut: a telephone, an IBAN."""
    return text.replace(" ", NBSP)


#: Names a label may begin with, which keep their capital inside a sentence.
_NAMES = ("Banque de France", "Visale", "Action Logement", "France Travail", "Trésor", "État")


def inside(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with a name or an acronym; what
    follows is left as written (« accord de la CAF »)."""
    if label[1:2].isupper() or label.startswith(_NAMES):
        return label
    return label[:1].lower() + label[1:]


def amount(cents: int) -> str:
    """`-123456` -> `-1 234,56` with narrow no-break spaces between thousands."""
    sign = "−" if cents < 0 else ""
    euros_part, cents_part = divmod(abs(int(cents)), 100)
    return f"{sign}{euros_part:,}".replace(",", NARROW) + f",{cents_part:02d}"


def euros(cents: int) -> str:
    """`51240` -> `512,40 €`."""
    return f"{amount(cents)}{NBSP}€"


def decimal(value: float, places: int) -> str:
    """`2.05` with 1 place -> `2,1`: half up, decimal comma."""
    step = Decimal(1).scaleb(-places)
    return str(Decimal(str(value)).quantize(step, ROUND_HALF_UP)).replace(".", ",")


def parse_euros(text: str) -> int:
    """`1 234,5`, `1234.50`, `12 €` -> cents. DomainError when it is no amount or finer than a cent."""
    cleaned = text.replace("€", "").replace(",", ".")
    cleaned = "".join(c for c in cleaned if not c.isspace())
    try:
        value = Decimal(cleaned)
        exact = value.is_finite() and value == value.quantize(Decimal("0.01"))
    except InvalidOperation:  # no number, or one too large to have cents
        exact = False
    if not exact or abs(value) * 100 > MOST_CENTS:
        said = shown(text)
        raise DomainError("bad_amount", f"« {said} » n’est pas un montant : écrivez par exemple 1 234,50.")
    return int(value * 100)


def day_words(day: date) -> str:
    """`dimanche 22 novembre`."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"


def long_date(day: date) -> str:
    """`22 novembre 2026`, as letters write it."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def month_words(day: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def hour(at: time) -> str:
    """`8 h`, `14 h 30`."""
    minutes = f"{NBSP}{at.minute:02d}" if at.minute else ""
    return f"{at.hour}{NBSP}h{minutes}"


def moment(at: datetime) -> str:
    """`22/11/2026 à 6 h 40`, in the time zone of `at`."""
    return f"{at:%d/%m/%Y} à {at.hour}{NBSP}h{NBSP}{at.minute:02d}"


def in_days(day: date, today: date) -> str:
    """`dans 2 jours`, `demain`, `aujourd’hui`, `dépassé de 3 jours`."""
    gap = (day - today).days
    if gap == 0:
        return "aujourd’hui"
    if gap == 1:
        return "demain"
    return f"dans {gap} jours" if gap > 0 else f"dépassé de {plural(-gap, 'jour')}"


def by_day(day: date, today: date) -> str:
    """`avant le 05/12/2026`, or once it has passed `limite du 05/11/2026 dépassée`."""
    return f"avant le {day:%d/%m/%Y}" if day >= today else f"limite du {day:%d/%m/%Y} dépassée"


def plural(count: int, noun: str, plural_form: str | None = None) -> str:
    """`1 compte`, `2 comptes`; French keeps the singular below two."""
    word = noun if abs(count) < 2 else plural_form or f"{noun}s"
    return f"{count:,}".replace(",", NARROW) + f" {word}"


def with_unit(unit: str, value: Any) -> str:
    """A number or a date with its unit (those of `facts.Fact`): 1 234,50 €, 12 jours, 05/11/2026."""
    if unit == "cents":
        return euros(int(value))
    if unit == "days":
        return f"{value}{NBSP}{'jour' if abs(value) <= 1 else 'jours'}"
    if unit == "months":
        return f"{value}{NBSP}mois"
    if unit == "ratio":
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    if unit == "day_of_month":
        return "1er" if value == 1 else str(value)
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def search_key(*parts: str) -> str:
    """Lower case, without accents nor punctuation: what searches compare."""
    text = unicodedata.normalize("NFKD", " ".join(p for p in parts if p).lower())
    kept = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(kept.split())
