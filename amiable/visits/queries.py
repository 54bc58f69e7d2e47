"""What the screens read of visits: lists by state, a round with what its agent must know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from amiable.accounts.models import Account
from amiable.core.access import scope
from amiable.core.models import User
from amiable.diary.done import standing
from amiable.diary.models import DiaryEntry
from amiable.parties import restrictions
from amiable.parties.models import ContactPoint, PersonFlag
from amiable.visits import geocoding
from amiable.visits.lifecycle import State
from amiable.visits.models import Place, Report, Round, Visit
from amiable.visits.planning import agency_address, home

#: Last lines of the diary shown to whoever goes.
LAST_FACTS = 3
#: Acts worth knowing at the door; what is counted or computed stays at the office.
_TOLD = ("call", "no_show", "interview", "visit", "promise", "convocation")


def visits(user: User, state: str) -> QuerySet[Visit]:
    """The visits of a state, those of earlier rounds first."""
    rows = Visit.objects.filter(state=state).select_related(
        "account__person", "account__agency", "account__position", "round__agent", "note", "reason"
    )
    order = ("-ended_on", "-pk") if state in (State.DONE, State.CANCELLED) else ("decided_on", "pk")
    return scope(rows, user).order_by(*order)


def rounds(user: User, today: date, *, past: bool) -> QuerySet[Round]:
    """The rounds to come, or those of before, with how many visits they hold and how many are made."""
    when = Q(on__lt=today) if past else Q(on__gte=today)
    rows = Round.objects.filter(when).select_related("agency", "agent", "second_agent")
    rows = rows.annotate(planned=Count("visits"), made=Count("visits", filter=Q(visits__state=State.DONE)))
    return scope(rows, user).order_by("-on" if past else "on", "pk")


@dataclass(frozen=True)
class AtDoor:
    """A stop as its agent needs it. facts: the last lines of the diary; flags: what to know first."""

    visit: Visit
    place: Place | None
    flags: Sequence[PersonFlag]
    phones: Sequence[str]
    facts: Sequence[DiaryEntry]

    @property
    def is_restricted(self) -> bool:
        return any(flag.kind in restrictions.RESTRICTING for flag in self.flags)

    @property
    def is_rough(self) -> bool:
        """Placed at its town's centre, faute de mieux."""
        return self.place is None or self.place.precision == Place.Precision.TOWN


def at_doors(tour: Round, on: date) -> list[AtDoor]:
    """The stops of a round in their order: a constant number of queries."""
    rows = tour.visits.select_related("account__person", "account__position", "note").order_by("rank")
    found = list(rows.prefetch_related(Prefetch("reports", Report.objects.order_by("pk"))))
    accounts = [visit.account for visit in found]
    persons = {account.person_id for account in accounts}
    places = geocoding.places_of(tour.office, [home(account) for account in accounts])
    flags = restrictions.flags_of(persons, on)
    phones = _phones(persons)
    facts = _facts(accounts, on)
    return [
        AtDoor(
            visit,
            places.get(home(visit.account).key),
            flags.get(visit.account.person_id, []),
            phones.get(visit.account.person_id, []),
            facts.get(visit.account_id, []),
        )
        for visit in found
    ]


def start_of(tour: Round) -> Place | None:
    """Where the round's agency is."""
    address = agency_address(tour.agency)
    return geocoding.places_of(tour.office, [address]).get(address.key)


def _phones(persons: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    points = ContactPoint.objects.filter(
        person_id__in=persons, kind=ContactPoint.Kind.PHONE, is_current=True, problem=""
    )
    for person_id, value in points.order_by("-last_success_on", "pk").values_list("person_id", "value"):
        found.setdefault(person_id, []).append(value)
    return found


def _facts(accounts: Sequence[Account], on: date) -> dict[int, list[DiaryEntry]]:
    found: dict[int, list[DiaryEntry]] = {}
    lines = standing(on).filter(account__in=accounts, kind__in=_TOLD)
    for entry in lines.order_by("-on", "-pk"):
        mine = found.setdefault(entry.account_id, [])
        if len(mine) < LAST_FACTS:
            mine.append(entry)
    return found


def today_of(agent: User, on: date) -> Round | None:
    """The round somebody makes that day, alone or as the second."""
    rows = Round.objects.filter(Q(agent=agent) | Q(second_agent=agent), on=on, office_id=agent.office_id)
    return rows.select_related("agency", "office", "agent", "second_agent").order_by("pk").first()


def unplaced(user: User) -> list[tuple[Account, Place | None]]:
    """Homes waiting for a visit whose address is unknown, or only its town."""
    waiting = list(visits(user, State.TO_PLAN))
    if not waiting:
        return []
    places = geocoding.places_of(waiting[0].office, [home(visit.account) for visit in waiting])
    found = [(visit.account, places.get(home(visit.account).key)) for visit in waiting]
    return [
        (account, place)
        for account, place in found
        if place is None or place.precision == Place.Precision.TOWN
    ]
