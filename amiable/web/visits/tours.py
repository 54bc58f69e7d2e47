"""Rounds: prepared with a look before anything is written, shown and printed for the agent, undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from amiable.core import clock
from amiable.core.access import fetch, may, require
from amiable.core.models import User
from amiable.domain.errors import DomainError
from amiable.domain.text.french import plural
from amiable.visits import geocoding, queries, services
from amiable.visits import notices as papers
from amiable.visits.models import Round, Visit
from amiable.visits.planning import agency_address, clock_of
from amiable.web.kit.request import user_of
from amiable.web.visits.drawing import Map, draw
from amiable.web.visits.forms import RoundForm
from amiable.web.visits.views import AREA


def new(request: HttpRequest) -> HttpResponse:
    """Day, agency, agent: « Voir » shows the round, « Créer » writes it."""
    user, today = user_of(request), clock.today()
    require(user, "work_accounts")
    given = request.POST or (request.GET if "on" in request.GET else None)
    form = RoundForm(given, user=user, today=today)
    proposed, picture, rows = None, None, []
    if form.is_bound and form.is_valid():
        value = form.cleaned_data
        try:
            if request.method == "POST":
                tour, found = services.plan_round(actor=user, today=today, **value)
                _say(request, tour, len(found.left))
                return redirect("round", pk=tour.pk)
            proposed = services.propose(
                agency=value["agency"],
                on=value["on"],
                today=today,
                in_pairs=value["second_agent"] is not None,
            )
            picture, rows = _picture_of(proposed), _rows_of(proposed)
        except DomainError as refusal:
            form.add_error(None, refusal.message_fr)
    context = {**AREA, "form": form, "proposed": proposed, "map": picture, "rows": rows}
    return render(request, "visits/round_new.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, tour: Round, left: int) -> None:
    messages.success(request, f"Tournée créée : {plural(tour.visits.count(), 'visite')}.")
    if left:
        messages.warning(
            request, f"{plural(left, 'visite attend', 'visites attendent')} encore dans « À planifier »."
        )


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


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The round, as its agent prints it: map, order, hours, contacts, what to know, what is owed."""
    user = user_of(request)
    tour = _tour(user, pk)
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


def _tour(user: User, pk: int) -> Round:
    return fetch(Round, user, related=("agency", "office", "agent", "second_agent"), pk=pk)


@require_GET
def notices(request: HttpRequest, pk: int) -> HttpResponse:
    """The avis de passage of the round, to print before leaving."""
    user = user_of(request)
    require(user, "work_accounts")
    tour = _tour(user, pk)
    return pdf(papers.of_round(tour), f"avis-de-passage-{tour.on:%Y-%m-%d}")


def pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    count = services.drop_round(tour=_tour(user, pk), actor=user)
    messages.success(
        request, f"Tournée défaite : {plural(count, 'visite attend', 'visites attendent')} de nouveau."
    )
    return redirect("visits")


@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    visit = fetch(Visit, user, related=("round", "office"), pk=pk)
    tour_id = visit.round_id
    services.take_off(visit=visit, actor=user)
    messages.success(request, "Visite retirée : elle attend une autre tournée.")
    return redirect("round", pk=tour_id) if tour_id else redirect("visits")
