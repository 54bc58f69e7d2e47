"""visits plan: the rounds of a day, nothing written. visits places: the office's list of coordinates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.cli.imports import existing_file
from amiable.domain.errors import DomainError
from amiable.domain.text.typed import whole

if TYPE_CHECKING:
    from amiable.visits.rounds import Stop
    from amiable.visits.services import Proposed


def register(subparsers: argparse._SubParsersAction) -> None:
    commands = subparsers.add_parser("visits", help="visites à domicile").add_subparsers(
        dest="visits_command", required=True, metavar="ACTION"
    )
    plan = commands.add_parser("plan", help="les tournées possibles d’un jour, sans rien écrire")
    plan.add_argument("--date", type=day, required=True, metavar="DATE", help="AAAA-MM-JJ")
    plan.add_argument("--agency", required=True, metavar="CODE")
    plan.add_argument("--agents", type=_agents, default=1, metavar="N", help="agents ce jour-là (1)")
    plan.add_argument("--pairs", action="store_true", help="chaque tournée est faite à deux")
    plan.add_argument("--json", action="store_true", help="un objet JSON par arrêt, puis ceux sans place")
    add_office(plan)
    plan.set_defaults(run=run_plan, needs_django=True)
    places = commands.add_parser("places", help="importer les coordonnées d’adresses")
    places.add_argument("file", metavar="FICHIER.csv", type=existing_file)
    places.add_argument("--json", action="store_true")
    add_office(places)
    places.set_defaults(run=run_places, needs_django=True)


def _agents(text: str) -> int:
    """An argparse type: from 1 to 20 agents."""
    try:
        return whole(text, least=1, most=20)
    except DomainError:
        raise argparse.ArgumentTypeError(f"« {text} » : de 1 à 20 agents") from None


def _tell_stop(arguments: argparse.Namespace, found: Proposed, number: int, rank: int, stop: Stop) -> None:
    from amiable.visits.planning import clock_of

    account, place = found.visits[stop.visit_id].account, found.places[stop.visit_id]
    arrives, leaves = f"{clock_of(stop.arrives):%H:%M}", f"{clock_of(stop.leaves):%H:%M}"
    if not arguments.json:
        print(f"{rank:>3}  {arrives}-{leaves}  {account.ref}  {account.address}, {account.city}")
        return
    print_json(
        {
            "round": number,
            "order": rank,
            "account": account.ref,
            "address": account.address,
            "postcode": account.postcode,
            "city": account.city,
            "lat": place.lat,
            "lon": place.lon,
            "precision": place.precision,
            "arrives_at": arrives,
            "leaves_at": leaves,
            "road_m": stop.road_m,
        }
    )


def run_plan(arguments: argparse.Namespace) -> int:
    from amiable.core.clock import today
    from amiable.core.models import Agency
    from amiable.visits.planning import clock_of, propose

    office = office_of(arguments)
    agency = Agency.objects.filter(office=office, code=arguments.agency).select_related("office").first()
    if agency is None:
        raise DomainError("unknown_agency", f"Aucune agence ne porte le code « {arguments.agency} ».")
    found = propose(
        agency=agency, on=arguments.date, today=today(), agents=arguments.agents, in_pairs=arguments.pairs
    )
    for number, made in enumerate(found.rounds, start=1):
        if not arguments.json:
            hours = f"{clock_of(made.leaves_agency):%H:%M} à {clock_of(made.back_at_agency):%H:%M}"
            print(f"Tournée {number} : {hours}, {made.road_m / 1000:.1f} km")
        for rank, stop in enumerate(made.stops, start=1):
            _tell_stop(arguments, found, number, rank, stop)
    for visit, why in found.left:
        if arguments.json:
            print_json({"round": None, "order": None, "account": visit.account.ref, "reason": why})
        else:
            print(f"  -  {visit.account.ref} : {why}")
    if not found.rounds and not found.left and not arguments.json:
        print("Aucune visite à planifier pour cette agence.")
    return 0


def run_places(arguments: argparse.Namespace) -> int:
    from amiable.core.clock import today
    from amiable.visits import geocoding

    path: Path = arguments.file
    found = geocoding.import_places(
        office=office_of(arguments), data=path.read_bytes(), actor=None, today=today()
    )
    if arguments.json:
        errors = [{"line": line, "reason": reason} for line, reason in found.errors]
        print_json({"new": found.new, "changed": found.changed, "same": found.same, "errors": errors})
        return 0
    print(f"Nouvelles : {found.new} ; changées : {found.changed} ; inchangées : {found.same}.")
    for line, reason in found.errors:
        print(f"ligne {line} : {reason}")
    return 0
