"""From the visits decided to the rounds of a day: who goes where, in which order, at what time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.db import IntegrityError, transaction
from django.db.models import Q

from amiable.accounts.models import Account
from amiable.core.access import require
from amiable.core.journal import record
from amiable.core.lifecycle import move
from amiable.core.models import Agency, User
from amiable.domain.errors import DomainError
from amiable.domain.geography import Roads
from amiable.domain.text.french import plural
from amiable.parties import restrictions
from amiable.procedures.in_force import policy_of
from amiable.visits import geocoding
from amiable.visits.geocoding import Address
from amiable.visits.lifecycle import LIFECYCLE, OFF_THE_ROUND, State
from amiable.visits.models import Place, Round, Visit
from amiable.visits.rounds import Call, Day, PlannedRound, plan

MINUTE, HOUR = 60, 3600
UNKNOWN_ADDRESS = "adresse sans coordonnées : ajoutez-la à la liste des lieux"
TWO_NEEDED = "deux agents sont nécessaires"
NO_ROOM = "pas de place dans cette journée"
OUTSIDE = "heures souhaitées en dehors de la journée de visites"


@dataclass(frozen=True)
class Proposed:
    """A day as it could be, nothing written. left: visits that find no place, and why."""

    agency: Agency
    on: date
    rounds: tuple[PlannedRound, ...]
    visits: dict[int, Visit]
    places: dict[int, Place]
    left: tuple[tuple[Visit, str], ...]
    #: Seconds after midnight of the working day.
    begins: int = 0
    ends: int = 0
    warnings: tuple[str, ...] = field(default=())


def home(account: Account) -> Address:
    return Address(account.address, account.postcode, account.city)


def agency_address(agency: Agency) -> Address:
    """The last line of an agency's address is « 45990 Deux-Rives », the one before its street."""
    lines = [line.strip() for line in agency.address.splitlines() if line.strip()]
    if not lines:
        return Address("", "", "")
    postcode, _, city = lines[-1].partition(" ")
    return Address(lines[-2] if len(lines) > 1 else "", postcode, city.strip())


def clock_of(seconds: int) -> time:
    """Seconds after midnight as an hour, cut to the minute."""
    return time(seconds // HOUR, seconds % HOUR // MINUTE)


def _seconds(at: time) -> int:
    return at.hour * HOUR + at.minute * MINUTE


def propose(*, agency: Agency, on: date, today: date, agents: int = 1, in_pairs: bool = False) -> Proposed:
    """The rounds of `agents` from an agency on that day. in_pairs: each round is made by two.

    Raises DomainError when the agency itself cannot be placed."""
    office = agency.office
    waiting = list(
        Visit.objects.filter(state=State.TO_PLAN)
        .filter(Q(account__agency=agency) | Q(account__agency=None, account__office=office))
        .select_related("account__person", "account__agency", "note")
        .order_by("pk")
    )
    start = agency_address(agency)
    addresses = [start, *(home(visit.account) for visit in waiting)]
    known = geocoding.find(office, addresses, today)
    if start.key not in known:
        raise DomainError(
            "agency_unplaced",
            f"L’agence « {agency.name} » n’a pas de coordonnées : ajoutez son adresse à la liste des lieux.",
        )
    day = _day(agency, known[start.key], on)
    calls, left = _calls(waiting, known, day, on, in_pairs)
    planned = plan(calls, day, agents)
    by_id = {visit.pk: visit for visit in waiting}
    left += [(by_id[pk], NO_ROOM) for pk in planned.left]
    placed = {stop.visit_id for each in planned.rounds for stop in each.stops}
    places = {pk: known[home(by_id[pk].account).key] for pk in sorted(placed)}
    return Proposed(
        agency, on, planned.rounds, by_id, places, tuple(left), day.begins, day.ends,
        _warnings(known[start.key], places),
    )  # fmt: skip


def _day(agency: Agency, start: Place, on: date) -> Day:
    policy = policy_of(agency.office, on)
    if "visit_minutes" not in policy:
        raise DomainError("no_visits", "Cet office ne fait pas de visites à domicile.")
    lunch = int(policy["visit_lunch_from_hour"]) * HOUR
    return Day(
        start=geocoding.coordinates_of(start),
        begins=int(policy["visit_from_hour"]) * HOUR,
        ends=int(policy["visit_to_hour"]) * HOUR,
        lunch_from=lunch,
        lunch_to=lunch + HOUR,
        lunch_length=int(policy["visit_lunch_minutes"]) * MINUTE,
        roads=Roads(int(policy["visit_detour_percent"]), int(policy["visit_speed_kmh"])),
    )


def _calls(
    visits: Sequence[Visit], known: dict[str, Place], day: Day, on: date, in_pairs: bool
) -> tuple[list[Call], list[tuple[Visit, str]]]:
    """What can be planned, and what cannot with the reason. A signal raised since the decision counts."""
    flags = restrictions.flags_of([visit.account.person_id for visit in visits], on)
    calls: list[Call] = []
    left: list[tuple[Visit, str]] = []
    for visit in visits:
        place = known.get(home(visit.account).key)
        signalled = any(
            flag.kind in restrictions.RESTRICTING for flag in flags.get(visit.account.person_id, [])
        )
        not_before = max(day.begins, _seconds(visit.from_at) if visit.from_at else 0)
        last = day.ends - visit.minutes * MINUTE
        not_after = min(last, _seconds(visit.to_at)) if visit.to_at else last
        if place is None:
            left.append((visit, UNKNOWN_ADDRESS))
        elif (visit.needs_two or signalled) and not in_pairs:
            left.append((visit, TWO_NEEDED))
        elif not_after < not_before:
            left.append((visit, OUTSIDE))
        else:
            at = geocoding.coordinates_of(place)
            calls.append(Call(visit.pk, at, visit.minutes * MINUTE, not_before, not_after))
    return calls, left


def _warnings(start: Place, places: dict[int, Place]) -> tuple[str, ...]:
    said = []
    if start.precision == Place.Precision.TOWN:
        said.append("L’agence est placée au centre de sa commune : les trajets sont approximatifs.")
    rough = sum(place.precision == Place.Precision.TOWN for place in places.values())
    if rough:
        said.append(
            f"{plural(rough, 'adresse placée', 'adresses placées')} au centre de la commune, faute de mieux."
        )
    return tuple(said)


@transaction.atomic
def plan_round(
    *, agency: Agency, on: date, agent: User, actor: User, today: date, second_agent: User | None = None
) -> tuple[Round, Proposed]:
    """One agent's round of that day, written: the visits it holds are planned, the others still wait.

    Raises DomainError when the agent already has one, when the day is past, or when nothing fits."""
    require(actor, "work_accounts")
    if on < today:
        raise DomainError("round_past", "Une tournée se prépare pour aujourd’hui ou plus tard.")
    if second_agent is not None and second_agent.pk == agent.pk:
        raise DomainError("round_alone", "Le second agent est la même personne que le premier.")
    found = propose(agency=agency, on=on, today=today, in_pairs=second_agent is not None)
    if not found.rounds:
        why = f" ({found.left[0][1]})" if found.left else ""
        raise DomainError("round_empty", f"Aucune visite ne peut être planifiée ce jour-là{why}.")
    made = found.rounds[0]
    try:
        with transaction.atomic():
            tour = Round.objects.create(
                office=agency.office,
                agency=agency,
                on=on,
                agent=agent,
                second_agent=second_agent,
                begins_at=clock_of(made.leaves_agency),
                ends_at=clock_of(made.back_at_agency),
                lunch_at=clock_of(made.lunch_at) if made.lunch_at is not None else None,
                road_m=made.road_m,
                created_by=actor,
            )
    except IntegrityError:
        raise DomainError(
            "round_exists", f"{agent} a déjà une tournée ce jour-là : ouvrez-la, ou choisissez un autre jour."
        ) from None
    for rank, stop in enumerate(made.stops, start=1):
        move(
            found.visits[stop.visit_id],
            State.PLANNED,
            LIFECYCLE,
            round=tour,
            rank=rank,
            arrives_at=clock_of(stop.arrives),
            leaves_at=clock_of(stop.leaves),
            road_m=stop.road_m,
        )
    record(
        "visits.round_planned",
        office=agency.office,
        actor=actor,
        target=tour,
        data={"on": on.isoformat(), "visits": len(made.stops)},
    )
    return tour, found


@transaction.atomic
def take_off(*, visit: Visit, actor: User) -> Visit:
    """The visit leaves its round and waits to be planned again; the others keep their hours."""
    require(actor, "work_accounts")
    tour = visit.round
    move(visit, State.TO_PLAN, LIFECYCLE, **OFF_THE_ROUND)
    record(
        "visits.taken_off",
        office=visit.office,
        actor=actor,
        target=visit,
        account_id=visit.account_id,
        data={"round_id": tour.pk if tour else None},
    )
    return visit


@transaction.atomic
def drop_round(*, tour: Round, actor: User) -> int:
    """Undo a round of which no visit is done: its visits wait again. How many. DomainError otherwise."""
    require(actor, "work_accounts")
    visits = list(tour.visits.all())
    if any(visit.state == State.DONE for visit in visits):
        raise DomainError(
            "round_begun", "Une visite de cette tournée est déjà faite : retirez les autres une à une."
        )
    for visit in visits:
        move(visit, State.TO_PLAN, LIFECYCLE, **OFF_THE_ROUND)
    record(
        "visits.round_dropped",
        office=tour.office,
        actor=actor,
        target=tour,
        data={"on": tour.on.isoformat(), "visits": len(visits)},
    )
    tour.delete()
    return len(visits)
