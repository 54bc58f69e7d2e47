"""`amiable law`: a value or a date of the law pack, which ships with the program: no database is needed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from amiable.cli.common import count_argument, day, euros_argument, print_json
from amiable.core import clock
from amiable.domain import law
from amiable.domain.household.seizable_part import seizable
from amiable.domain.text.french import euros


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = subparsers.add_parser("law", help="règles de droit : valeurs datées et délais")
    commands = group.add_subparsers(dest="law_command", required=True, metavar="ACTION")

    get = commands.add_parser("get", help="valeur d’une règle à une date")
    get.add_argument("id", metavar="ID", help="identifiant de la règle, par exemple CAF-03")
    get.add_argument("--at", type=day, metavar="DATE", help="date (AAAA-MM-JJ), aujourd’hui par défaut")
    get.add_argument("--key", help="paramètre, quand la règle en a plusieurs")
    _finish(get, _get)

    limit = commands.add_parser("limit", help="dernier jour d’un délai")
    limit.add_argument("id", metavar="ID", help="identifiant du délai, par exemple CAF-04 ou PUB-03.1")
    limit.add_argument(
        "--from", dest="from_on", type=day, required=True, metavar="DATE", help="jour de l’événement"
    )
    limit.add_argument("--territory", default="FR", help="FR, ou un numéro de département (57, 972…)")
    limit.add_argument("--lease-on", type=day, metavar="DATE", help="date du bail (LIT-03)")
    limit.add_argument("--clause", metavar="DÉLAI", help="délai de la clause du bail, « 2 mois » (LIT-03)")
    limit.add_argument("--reverse", action="store_true", help="compter depuis l’autre bout (LIT-01, CT-03…)")
    _finish(limit, _limit)

    listing = commands.add_parser("list", help="toutes les règles, leurs délais et leur confiance")
    listing.add_argument("--topic", help="un seul thème, par exemple caf")
    listing.add_argument("--to-verify", action="store_true", help="seulement les règles à vérifier")
    _finish(listing, _list)

    share = commands.add_parser("quotite", help="part saisissable d’un revenu mensuel net")
    share.add_argument(
        "--monthly", type=euros_argument, required=True, metavar="EUROS", help="revenu net mensuel"
    )
    share.add_argument("--dependants", type=count_argument, default=0, metavar="N", help="personnes à charge")
    share.add_argument("--at", type=day, metavar="DATE", help="date (AAAA-MM-JJ), aujourd’hui par défaut")
    _finish(share, _quotite)


def _finish(parser: argparse.ArgumentParser, handler: Any) -> None:
    parser.add_argument("--json", action="store_true", help="un objet JSON par ligne")
    parser.set_defaults(run=handler, needs_django=False)


def _get(arguments: argparse.Namespace) -> int:
    at = arguments.at or clock.today()
    if arguments.key:
        values: tuple[law.LawValue, ...] = (law.get(arguments.id, at, arguments.key),)
    else:
        values = law.get_all(arguments.id, at)
    for value in values:
        if arguments.json:
            print_json(_value_row(value))
        else:
            print(
                f"{value.rule_id} {value.key} : {_plain(value.value)} {law.UNITS[value.unit]}\n"
                f"  source : {value.source}\n"
                f"  {_dates(value.from_on, value.to_on)}, confiance {value.confidence} "
                f"({law.confidence_label(value.confidence)})"
            )
    return 0


def _limit(arguments: argparse.Namespace) -> int:
    found = law.limits(
        arguments.id,
        arguments.from_on,
        territory=arguments.territory,
        reverse=arguments.reverse,
        lease_on=arguments.lease_on,
        clause=arguments.clause,
    )
    for limit in found:
        if arguments.json:
            print_json(_limit_row(limit))
        else:
            moved = ", reporté (fin de semaine ou jour férié)" if limit.rolled else ""
            print(f"{limit.rule} {limit.label} : {limit.ends_on:%d/%m/%Y}{moved}")
            if limit.ends_on_local:
                print(f"  avec les jours fériés locaux : {limit.ends_on_local:%d/%m/%Y}")
            if limit.first_day:
                print(f"  possible à partir du {limit.first_day:%d/%m/%Y}, le lendemain")
            print(f"  compté depuis : {limit.event} ; source : {limit.source}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    for rule in law.rules():
        if arguments.topic and rule.topic != arguments.topic:
            continue
        if arguments.to_verify and not rule.to_verify:
            continue
        if arguments.json:
            print_json(
                {
                    "id": rule.rule_id,
                    "topic": rule.topic,
                    "title": rule.title,
                    "source": rule.source,
                    "confidence": rule.confidence,
                    "to_verify": rule.to_verify,
                    "keys": list(rule.parameters),
                    "limits": [spec.limit_id for spec in rule.limits],
                }
            )
        else:
            mark = " (à vérifier)" if rule.to_verify else ""
            print(f"{rule.rule_id:9} {rule.title}{mark} : {rule.source}")
    return 0


def _quotite(arguments: argparse.Namespace) -> int:
    found = seizable(arguments.monthly, arguments.dependants, arguments.at or clock.today())
    if arguments.json:
        print_json(
            {
                "seizable_cents": found.seizable_cents,
                "floor_cents": found.floor_cents,
                "source": found.source,
                "outdated": found.outdated_fr or None,
            }
        )
    else:
        print(f"Part saisissable : {euros(found.seizable_cents)} par mois")
        print(f"Somme toujours laissée : {euros(found.floor_cents)}\n{found.source}")
        if found.outdated_fr:
            print(f"Estimation : {found.outdated_fr}.")
    return 0


def _value_row(value: law.LawValue) -> dict[str, Any]:
    return {
        "rule": value.rule_id,
        "key": value.key,
        "value": _plain(value.value),
        "unit": value.unit,
        "source": value.source,
        "from": value.from_on.isoformat(),
        "to": value.to_on.isoformat() if value.to_on else None,
        "confidence": value.confidence,
        "to_verify": value.to_verify,
    }


def _limit_row(limit: law.Limit) -> dict[str, Any]:
    row: dict[str, Any] = {"ends_on": limit.ends_on.isoformat()}
    if limit.ends_on_local:
        row["ends_on_local"] = limit.ends_on_local.isoformat()
    row["first_day"] = limit.first_day.isoformat() if limit.first_day else None
    row |= {"rule": limit.rule, "source": limit.source, "rolled": limit.rolled}
    if limit.starts_on:
        row["starts_on"] = limit.starts_on.isoformat()
    return row | {"label": limit.label, "event": limit.event, "confidence": limit.confidence}


def _plain(value: Any) -> Any:
    """Exact law values as JSON knows them: tuples as lists, decimals as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _dates(from_on: date, to_on: date | None) -> str:
    start = f"en vigueur depuis le {from_on:%d/%m/%Y}"
    return f"{start} jusqu’au {to_on:%d/%m/%Y}" if to_on else start
