"""How figures and dates are written on every screen: tabular, French, no-break spaces."""

from __future__ import annotations

from datetime import date, datetime, time

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from amiable.domain.text import french
from amiable.intake.readers.table import short_place
from amiable.web.kit.words import phone_words

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """`123456` -> `1 234,56 €` (no-break spaces); nothing for None."""
    return french.euros(cents) if cents is not None else "—"


@register.filter
def inside(label: object) -> str:
    """A label inside a sentence: its first letter small, its names and acronyms kept."""
    return french.inside(str(label))


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


@register.filter(expects_localtime=True)
def moment(at: datetime | None) -> str:
    """`22/11/2026 à 6 h 40`."""
    return french.moment(at) if at else "—"


@register.filter
def in_days(day: date | None, today: date) -> str:
    """`dans 2 jours`, `aujourd’hui`, `dépassé de 3 jours`."""
    return french.in_days(day, today) if day else ""


@register.filter
def by_day(day: date | None, today: date) -> str:
    """`avant le 05/12/2026`, or `limite du 05/11/2026 dépassée`."""
    return french.by_day(day, today) if day else ""


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


@register.simple_tag(takes_context=True)
def day_tag(context: template.Context, day: date | None) -> SafeString | str:
    """`24/11` this year, `24/11/2025` another year; machines read the whole date."""
    if not day:
        return "—"
    shown = f"{day:%d/%m}" if day.year == context["today"].year else f"{day:%d/%m/%Y}"
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), shown)


@register.filter
def recently(at: datetime | None, today: date) -> str:
    """`aujourd’hui à 6 h 40`, `hier à 18 h 05`, `le 20/11 à 6 h 40`."""
    if at is None:
        return "jamais"
    local = timezone.localtime(at)
    hour = f"{local.hour}\u00a0h\u00a0{local.minute:02d}"
    days = (today - local.date()).days
    word = {0: "aujourd’hui", 1: "hier"}.get(
        days, f"le {local:%d/%m}" if days < 300 else f"le {local:%d/%m/%Y}"
    )
    return f"{word} à {hour}"


@register.filter
def decimal_one(value: float) -> str:
    """`2.05` -> `2,1`, for tables whose header gives the unit."""
    return french.decimal(value, 1)


@register.filter
def hour(at: time | None) -> str:
    """`14 h 30`."""
    return french.hour(at) if at is not None else ""


@register.filter
def kilometres(metres: int) -> str:
    """1 250 -> « 1,3 km »."""
    return f"{french.decimal(metres / 1000, 1)}\u00a0km"


@register.filter
def phone(value: str) -> str:
    """`+33639981102` -> `06 39 98 11 02`."""
    return phone_words(value)


@register.filter
def ago(at: datetime) -> str:
    """`il y a 3 minutes`, `à l’instant`."""
    minutes = int((timezone.now() - at).total_seconds() // 60)
    return "à l’instant" if minutes < 1 else f"il y a {french.plural(minutes, 'minute')}"


@register.filter
def age(born_on: date, today: date) -> int:
    """Whole years between two dates."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


@register.filter
def get(values: dict, key: object) -> object:
    """The value of a key that is only known in the template; nothing when absent."""
    return values.get(key)


register.filter("place", short_place)
