"""How figures and dates are written on every screen: tabular, French, no-break spaces."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from amiable.domain import french

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """`123456` -> `1 234,56 €` (no-break spaces); nothing for None."""
    return french.euros(cents) if cents is not None else "—"


@register.filter
def amount(cents: int | None) -> str:
    """`123456` -> `1 234,56`, for tables whose header says euros."""
    return french.amount(cents) if cents is not None else "—"


@register.filter
def months(value: float | None) -> str:
    """`2.05` -> `2,1 mois`."""
    return f"{french.decimal(value, 1)}\u00a0mois" if value is not None else "—"


@register.filter
def short_date(day: date | None) -> str:
    """`05/11`; with the year when it is another year's. Always inside <time> in templates."""
    return f"{day:%d/%m/%Y}" if day else "—"


@register.filter
def day_words(day: date | None) -> str:
    """`dimanche 22 novembre`."""
    return french.day_words(day) if day else "—"


@register.filter
def moment(at: datetime | None) -> str:
    """`22/11/2026 à 6 h 40`."""
    return french.moment(at) if at else "—"


@register.filter
def in_days(day: date | None, today: date) -> str:
    """`dans 2 jours`, `aujourd’hui`, `dépassé de 3 jours`."""
    return french.in_days(day, today) if day else ""


@register.simple_tag
def time_tag(day: date | None) -> SafeString | str:
    """A date that machines can read too."""
    if not day:
        return "—"
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), f"{day:%d/%m/%Y}")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The present query string with some values changed (None removes one)."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return "?" + params.urlencode() if params else "?"


@register.filter
def count(number: int | None, words: str) -> str:
    """`2|count:"compte,comptes"` -> `2 comptes`; French keeps the singular below two."""
    one, _, many = words.partition(",")
    return french.plural(number or 0, one, many or None)


@register.filter
def sentence(text: str | None) -> str:
    """A reason as a sentence: capital first, full stop last."""
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
