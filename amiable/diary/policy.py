"""The office's policy values the diary itself follows."""

from __future__ import annotations

from datetime import date

from amiable.core.models import Office, PolicyValue
from amiable.domain.policy import effective


def value(office: Office, key: str, at: date) -> int:
    """The office's own value of a setting on that day, else the shipped one of its kind."""
    chosen = (
        PolicyValue.objects.filter(office=office, key=key, from_on__lte=at)
        .order_by("-from_on", "-pk")
        .values_list("value", flat=True)
        .first()
    )
    found = effective(office.kind, {} if chosen is None else {key: chosen})
    return int(found[key])
