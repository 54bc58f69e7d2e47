"""Days, months, holidays and the hours at which people may be contacted.

TIME-04 (months), TIME-05 (roll-over) and TIME-08 (holidays) in one place. A territory is "FR" (national
holidays only) or the number of a department ("57", "972"); local holidays are data of rule TIME-08.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import holidays as holidays_package
from dateutil.easter import easter

from amiable.domain.errors import DomainError
from amiable.domain.law.pack import pack

NATIONAL = "FR"
_SATURDAY, _SUNDAY = 5, 6
_MAINLAND = re.compile(r"0[1-9]|[1345678]\d|2[1-9]|9[0-5]|2[AB]")


def add_months(day: date, months: int) -> date:
    """The same day number `months` later (earlier when negative), else the month's last day (TIME-04)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def territory_code(name: str) -> str:
    """The canonical code of a territory. Raises DomainError: an unknown one would silently lose holidays."""
    code = name.strip()
    aliases = _local_rules()["aliases"]
    code = aliases.get(code.casefold(), code.upper().removeprefix("FR-"))
    if code == NATIONAL or _MAINLAND.fullmatch(code) or code in _local_rules()["holidays"]:
        return code
    raise DomainError(
        "calendar.unknown_territory",
        f"Le territoire « {name} » n’est pas connu. Indiquez FR pour toute la France, ou un numéro de "
        "département (57, 67 et 68 pour l’Alsace-Moselle, 971 à 978 outre-mer).",
    )


@lru_cache(maxsize=1024)
def holidays(year: int, territory: str = NATIONAL) -> Mapping[date, str]:
    """The legal holidays of a year, by date, with their French names: national and local ones."""
    code = territory_code(territory)
    found = dict(holidays_package.country_holidays("FR", years=year, language="fr").items())
    for name, rule in _local_rules()["holidays"].get(code, {}).items():
        found.setdefault(_local_day(rule, year), name)
    return MappingProxyType(dict(sorted(found.items())))


def is_holiday(day: date, territory: str = NATIONAL) -> bool:
    return day in holidays(day.year, territory)


def working_day(day: date, territory: str = NATIONAL) -> bool:
    """True from Monday to Friday, holidays excepted: the days CPC 642 leaves a limit on (TIME-05)."""
    return day.weekday() < _SATURDAY and not is_holiday(day, territory)


def ouvrable_day(day: date, territory: str = NATIONAL) -> bool:
    """True from Monday to Saturday, holidays excepted: the « jours ouvrables » some texts count in."""
    return day.weekday() < _SUNDAY and not is_holiday(day, territory)


def roll(day: date, territory: str = NATIONAL, *, backwards: bool = False) -> date:
    """`day` when it is a working day, else the next one (the previous one when `backwards`)."""
    step = timedelta(days=-1 if backwards else 1)
    while not working_day(day, territory):
        day += step
    return day


@dataclass(frozen=True, slots=True)
class ContactWindow:
    """The hours an office allows itself (DUN-08): from `opens` to `closes`, excluded, on these days.

    `weekdays` are 0 (Monday) to 6; holidays never count unless `on_holidays`.
    """

    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset(range(_SATURDAY))
    on_holidays: bool = False

    def __post_init__(self) -> None:
        if self.opens >= self.closes or not self.weekdays:
            raise DomainError(
                "calendar.empty_window",
                "La plage de contact est vide : l’heure de fin doit suivre l’heure de début, "
                "et au moins un jour de la semaine doit être permis.",
            )

    def open_on(self, day: date, territory: str = NATIONAL) -> bool:
        return day.weekday() in self.weekdays and (self.on_holidays or not is_holiday(day, territory))


def contact_window(now: datetime, policy: ContactWindow, territory: str = NATIONAL) -> datetime:
    """`now` when people may be contacted at that moment, else the next moment at which they may.

    `now` is the debtor's local time; its time zone, if any, is kept.
    """
    if policy.open_on(now.date(), territory):
        if policy.opens <= now.time() < policy.closes:
            return now
        if now.time() < policy.opens:
            return datetime.combine(now.date(), policy.opens, now.tzinfo)
    day = now.date() + timedelta(days=1)
    while not policy.open_on(day, territory):
        day += timedelta(days=1)
    return datetime.combine(day, policy.opens, now.tzinfo)


def _local_day(rule: str, year: int) -> date:
    """`12-26` is a day of the year; `easter-2` counts from Easter Sunday (here: Good Friday)."""
    if rule.startswith("easter"):
        return easter(year) + timedelta(days=int(rule.removeprefix("easter")))
    return date.fromisoformat(f"{year}-{rule}")


@lru_cache(maxsize=1)
def _local_rules() -> Mapping[str, Mapping[str, Any]]:
    """Data of rule TIME-08: {"holidays": {code: {name: rule}}, "aliases": {other name: code}}."""
    parameters = pack().rule("TIME-08").parameters
    found: dict[str, Any] = {
        "holidays": parameters["local_holidays"].values[-1].value,
        "aliases": parameters["territory_aliases"].values[-1].value,
    }
    return MappingProxyType(found)
