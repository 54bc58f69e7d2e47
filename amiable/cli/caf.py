"""caf crossing: who becomes constituted on a day only because the rule changes that day."""

from __future__ import annotations

import argparse

from amiable.cli.common import add_office, day, office_of, print_json


def register(subparsers: argparse._SubParsersAction) -> None:
    commands = subparsers.add_parser("caf", help="impayés au sens de la CAF").add_subparsers(
        dest="caf_command", required=True, metavar="ACTION"
    )
    crossing = commands.add_parser("crossing", help="comptes constitués par le seul changement de règle")
    crossing.add_argument("--on", type=day, required=True, metavar="DATE", help="AAAA-MM-JJ (2027-01-01)")
    crossing.add_argument("--json", action="store_true", help="un objet JSON par ligne")
    add_office(crossing)
    crossing.set_defaults(run=run_crossing, needs_django=True)


def run_crossing(arguments: argparse.Namespace) -> int:
    from amiable.accounts.models import Account
    from amiable.domain.text.french import by_day, euros
    from amiable.positions.queries import crossing

    found = crossing(office=office_of(arguments), on=arguments.on).sort("account_id")
    refs = Account.objects.in_bulk(found.get_column("account_id").to_list())
    for row in found.iter_rows(named=True):
        ref = refs[row.pop("account_id")].ref
        if arguments.json:
            print_json({"account": ref, **row})
            continue
        limit = f", à signaler, {by_day(row['limit_on'], arguments.on)}" if row["limit_on"] else ""
        print(f"{ref} : {euros(row['debt_cents'])}, {row['rule_before']} puis {row['rule_after']}{limit}")
    if found.is_empty() and not arguments.json:
        print("Aucun compte.")
    return 0
