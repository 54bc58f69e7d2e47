"""`amiable satd compute`: what a seizure takes from one or several wages, by employer."""

from __future__ import annotations

import argparse

from amiable.cli.common import add_office, count_argument, day, euros_argument, own_law, print_json
from amiable.domain.household.wages import seized
from amiable.domain.text.french import euros


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    commands = subparsers.add_parser("satd", help="saisie administrative à tiers détenteur").add_subparsers(
        dest="satd_command", required=True, metavar="ACTION"
    )
    compute = commands.add_parser("compute", help="part saisissable, par employeur")
    wages = compute.add_mutually_exclusive_group(required=True)
    wages.add_argument("--net", type=euros_argument, metavar="EUROS", help="salaire net mensuel")
    wages.add_argument(
        "--employer",
        type=euros_argument,
        nargs="+",
        action="extend",
        metavar="EUROS",
        help="net mensuel de chaque employeur",
    )
    compute.add_argument("--dependants", type=count_argument, required=True, metavar="N")
    compute.add_argument("--alimony", type=euros_argument, default=0, metavar="EUROS", help="pension due")
    compute.add_argument("--at", type=day, required=True, metavar="DATE", help="jour de la paie")
    compute.add_argument("--json", action="store_true", help="un objet JSON par employeur")
    add_office(compute)
    compute.set_defaults(run=run, needs_django=True)


def run(arguments: argparse.Namespace) -> int:
    nets = arguments.employer or [arguments.net]
    found = seized(
        nets,
        arguments.dependants,
        arguments.at,
        alimony_cents=arguments.alimony,
        overrides=own_law(arguments, ("HH-01", "HH-02")),
    )
    if arguments.json:
        for number, (net, cents) in enumerate(zip(nets, found.shares, strict=True), start=1):
            print_json(
                {
                    "employer": number,
                    "net_cents": net,
                    "seizable_cents": cents,
                    "total_seizable_cents": found.seizable_cents,
                    "quotite_cents": found.quotite_cents,
                    "floor_cents": found.floor_cents,
                    "source": found.source,
                }
            )
        return 0
    for number, (net, cents) in enumerate(zip(nets, found.shares, strict=True), start=1):
        print(f"Employeur {number}, {euros(net)} nets : {euros(cents)} par mois")
    print(
        f"Total saisissable : {euros(found.seizable_cents)} ; toujours laissés : {euros(found.floor_cents)}"
    )
    print(found.source)
    return 0
