"""Rounds: prepared with a look before anything is written, shown and printed for the agent, undone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import fetch, may
from amiable.core.models import User
from amiable.visits import geocoding, queries, services
from amiable.visits import notices as papers
from amiable.visits.models import Round, Visit
from amiable.visits.planning import agency_address, clock_of
from amiable.web.kit.action import Doer, Outcome
from amiable.web.kit.forms import said_above
from amiable.web.kit.perform import Frame, acts, page, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.visits.actions import PLAN_ROUND, WORK
from amiable.web.visits.drawing import Map, draw
from amiable.web.visits.forms import RoundForm
from amiable.web.visits.views import AREA


@acts(PLAN_ROUND)
def new(request: HttpRequest) -> HttpResponse:
    """Day, agency, agent: « Voir » shows the round, « Créer » writes it."""
    user = user_of(request, WORK)
    frame = Frame("visits", reverse("visits"), "", template="visits/round_new.html", more=_seen)
    if request.method == "GET" and "on" in request.GET:
        form = PLAN_ROUND.blank(user, Doer(user, clock.now()), data=request.GET)
        return page(request, PLAN_ROUND, user, frame, form)
    return perform(request, PLAN_ROUND, user, frame, leave=_to_the_round)


def _seen(form: RoundForm) -> dict[str, Any]:
    """The round as it would be, before anything is written."""
    if not form.is_bound or not form.is_valid():
        return {}
    value = form.cleaned_data
    with said_above(form):
        proposed = services.propose(
            agency=value["agency"],
            on=value["on"],
            today=form.today,
            in_pairs=value["second_agent"] is not None,
        )
        return {"proposed": proposed, "map": _picture_of(proposed), "rows": _rows_of(proposed)}
    return {}


def _to_the_round(request: HttpRequest, user: User, outcome: Outcome) -> HttpResponse:
    return redirect("round", pk=outcome.made.pk)


def _rows_of(proposed: services.Proposed) -> list[dict]:
    if not proposed.rounds:
        return []
    return [
        {
            "rank": rank,
            "visit": proposed.visits[stop.visit_id],
            "arrives_at": clock_of(stop.arrives),
            "leaves_at": clock_of(stop.leaves),
            "road_m": stop.road_m,
            "place": proposed.places[stop.visit_id],
        }
        for rank, stop in enumerate(proposed.rounds[0].stops, start=1)
    ]


def _picture_of(proposed: services.Proposed) -> Map | None:
    if not proposed.rounds:
        return None
    address = agency_address(proposed.agency)
    start = geocoding.places_of(proposed.agency.office, [address])[address.key]
    stops = [
        (str(rank), geocoding.coordinates_of(proposed.places[stop.visit_id]))
        for rank, stop in enumerate(proposed.rounds[0].stops, start=1)
    ]
    return draw(geocoding.coordinates_of(start), stops)


@reads("read_accounts")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The round, as its agent prints it: map, order, hours, contacts, what to know, what is owed."""
    user = user_of(request)
    tour = find_tour(user, pk)
    doors = queries.at_doors(tour, clock.today())
    context = {
        **AREA,
        "tour": tour,
        "doors": doors,
        "map": _map(tour, doors),
        "warned": [door for door in doors if door.is_restricted],
        "may_work": may(user, "work_accounts"),
        "may_drop": may(user, "work_accounts") and all(d.visit.state == "planned" for d in doors),
        "is_today": tour.on == clock.today(),
    }
    return render(request, "visits/round.html", context)


def _map(tour: Round, doors: list[queries.AtDoor]) -> Map | None:
    start = queries.start_of(tour)
    if start is None:
        return None
    stops = [
        (str(door.visit.rank), geocoding.coordinates_of(door.place))
        for door in doors
        if door.place is not None
    ]
    return draw(geocoding.coordinates_of(start), stops) if stops else None


def find_tour(user: User, pk: int) -> Round:
    return fetch(Round, user, related=("agency", "office", "agent", "second_agent"), pk=pk)


@reads(WORK)
def notices(request: HttpRequest, pk: int) -> HttpResponse:
    """The avis de passage of the round, to print before leaving."""
    user = user_of(request)
    tour = find_tour(user, pk)
    return pdf(papers.of_round(tour), f"avis-de-passage-{tour.on:%Y-%m-%d}")


def pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def around(on: Round | Visit) -> Frame:
    """What takes a round apart: back to the visits."""
    back = reverse("visits")
    return Frame("visits", back, "Revenir aux visites", ((back, "Visites"),))


def to_its_round(request: HttpRequest, visit: Visit, outcome: Outcome) -> HttpResponse:
    return redirect("round", pk=outcome.made) if outcome.made else redirect("visits")
