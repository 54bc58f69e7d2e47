"""The office's policy values the diary itself follows."""

from __future__ import annotations

from datetime import date

from amiable.core.models import Office
from amiable.procedures.in_force import policy_of


def value(office: Office, key: str, at: date) -> int:
    """The office's own value of a setting on that day, else the shipped one of its kind."""
    return int(policy_of(office, at)[key])
