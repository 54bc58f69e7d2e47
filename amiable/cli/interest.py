"""`amiable interest`: legal interest of a sum between two days, period by period."""

from __future__ import annotations

import argparse
from types import MappingProxyType
from typing import TYPE_CHECKING

from amiable.cli.common import add_office, day, euros_argument, own_law, print_json
from amiable.domain.law.interest import RATES, interest
from amiable.domain.text.french import euros

if TYPE_CHECKING:
    from amiable.domain.law.interest import Interest

#: Who the creditor is -> the column of the rates that follows them.
_COLUMNS = MappingProxyType({"public": "autres_cas", "particulier": "particuliers"})


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = subparsers.add_parser("interest", help="intérêt légal d’une somme entre deux dates")
    command.add_argument("--principal", type=euros_argument, required=True, metavar="EUROS")
    command.add_argument(
        "--from", dest="from_on", type=day, required=True, metavar="DATE", help="compte du lendemain"
    )
    command.add_argument("--to", type=day, required=True, metavar="DATE", help="ce jour compris")
    command.add_argument("--creditor", choices=list(_COLUMNS), required=True, help="la colonne du créancier")
    command.add_argument(
        "--judgment-served", type=day, metavar="DATE", help="signification du jugement (majoration)"
    )
    command.add_argument("--json", action="store_true", help="un objet JSON")
    add_office(command)
    command.set_defaults(run=run, needs_django=True)


def run(arguments: argparse.Namespace) -> int:
    found = interest(
        arguments.principal,
        arguments.from_on,
        arguments.to,
        _COLUMNS[arguments.creditor],
        served_on=arguments.judgment_served,
        overrides=own_law(arguments, (RATES,)),
    )
    _print_json(found) if arguments.json else _print(found)
    return 0


def _print_json(found: Interest) -> None:
    print_json(
        {
            "cents": found.cents,
            "base_cents": found.base_cents,
            "surcharge_cents": found.surcharge_cents,
            "surcharge_from": found.surcharge_from,
            "periods": [
                {
                    "from": period.from_on,
                    "to": period.to_on,
                    "days": period.days,
                    "year_days": period.year_days,
                    "rate": float(period.rate.number),
                    "surcharge": float(period.surcharge),
                    "source": period.rate.source,
                    "to_verify": period.rate.to_verify,
                }
                for period in found.periods
            ],
        }
    )


def _print(found: Interest) -> None:
    print(f"Intérêt légal : {euros(found.cents)}, dont majoration {euros(found.surcharge_cents)}")
    for period in found.periods:
        rate = f"{period.rate.number} %" + (f" + {period.surcharge} points" if period.surcharge else "")
        mark = " (à vérifier)" if period.rate.to_verify else ""
        print(
            f"  du {period.from_on:%d/%m/%Y} au {period.to_on:%d/%m/%Y} : {period.days} jours sur "
            f"{period.year_days} à {rate}{mark}"
        )
