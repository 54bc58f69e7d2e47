"""The order and the hours of a day's visits, by VROOM: pure, nothing is read or written.

Times are whole seconds after midnight. The same calls on the same day give the same rounds: calls are sorted,
and VROOM searches on one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amiable.domain.geography import Point, Roads

#: VROOM's thoroughness, 0 to 5: the best, still under a second for forty visits.
_EXPLORATION = 5
_LUNCH_ID = 1


@dataclass(frozen=True)
class Call:
    """One home to visit; it begins between the two bounds, and lasts `length`."""

    visit_id: int
    at: Point
    length: int
    not_before: int
    not_after: int


@dataclass(frozen=True)
class Day:
    """Where a round starts and ends, its working hours, the pause and when it may begin, the roads."""

    start: Point
    begins: int
    ends: int
    lunch_from: int
    lunch_to: int
    lunch_length: int
    roads: Roads


@dataclass(frozen=True)
class Stop:
    """road_m: from the stop before, or from the agency."""

    visit_id: int
    arrives: int
    leaves: int
    road_m: int


@dataclass(frozen=True)
class PlannedRound:
    stops: tuple[Stop, ...]
    leaves_agency: int
    back_at_agency: int
    lunch_at: int | None
    road_m: int


@dataclass(frozen=True)
class Planned:
    """left: visits the day has no room for, in their order of arrival."""

    rounds: tuple[PlannedRound, ...]
    left: tuple[int, ...]


def plan(calls: Sequence[Call], day: Day, agents: int = 1) -> Planned:
    """At most `agents` rounds, empty ones left out; as many visits as fit, then the shortest roads."""
    known = sorted(calls, key=lambda call: call.visit_id)
    if not known or agents < 1:
        return Planned((), tuple(call.visit_id for call in known))
    solution = _solve(known, day, agents)
    points = {0: day.start} | {call.visit_id: call.at for call in known}
    rounds = tuple(_round(route, points, day) for route in solution["routes"])
    done = {stop.visit_id for each in rounds for stop in each.stops}
    return Planned(rounds, tuple(call.visit_id for call in known if call.visit_id not in done))


def _solve(calls: Sequence[Call], day: Day, agents: int) -> dict[str, Any]:
    # VROOM takes numpy and pandas along: only whoever plans a round waits for them.
    import vroom

    points = [day.start, *(call.at for call in calls)]
    problem = vroom.Input()
    problem.set_durations_matrix("car", [[day.roads.seconds(a, b) for b in points] for a in points])
    pause = []
    if day.lunch_length:
        window = vroom.TimeWindow(day.lunch_from, day.lunch_to)
        pause = [vroom.Break(_LUNCH_ID, [window], service=day.lunch_length)]
    for agent in range(1, agents + 1):
        problem.add_vehicle(
            vroom.Vehicle(
                agent, start=0, end=0, time_window=vroom.TimeWindow(day.begins, day.ends), breaks=pause
            )
        )
    for place, call in enumerate(calls, start=1):
        problem.add_job(
            vroom.Job(
                call.visit_id,
                location=place,
                default_service=call.length,
                time_windows=[vroom.TimeWindow(call.not_before, call.not_after)],
            )
        )
    return problem.solve(exploration_level=_EXPLORATION, nb_threads=1).to_dict()


def _round(route: dict[str, Any], points: dict[int, Point], day: Day) -> PlannedRound:
    stops: list[Stop] = []
    before, pauses = points[0], []
    for step in route["steps"]:
        begins = step["arrival"] + step.get("waiting_time", 0)
        if step["type"] == "break":
            pauses.append(begins)
        elif step["type"] == "job":
            here = points[step["id"]]
            road = day.roads.metres(before, here)
            stops.append(Stop(step["id"], begins, begins + step["service"], road))
            before = here
    first, last = stops[0], stops[-1]
    # A pause before the first visit or after the last one is taken at the agency.
    lunch = [at for at in pauses if first.arrives < at < last.arrives]
    return PlannedRound(
        stops=tuple(stops),
        leaves_agency=first.arrives - day.roads.seconds(points[0], points[first.visit_id]),
        back_at_agency=last.leaves + day.roads.seconds(points[last.visit_id], points[0]),
        lunch_at=lunch[0] if lunch else None,
        road_m=sum(stop.road_m for stop in stops) + day.roads.metres(points[last.visit_id], points[0]),
    )
