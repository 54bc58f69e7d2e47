"""amiable prescription: until when a debt may be claimed, and what each act changed to that."""

from __future__ import annotations

import argparse

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.errors import DomainError

_STATES_FR = {
    "nothing": "rien n’est dû",
    "running": "court",
    "partly_prescribed": "court, une partie est prescrite",
    "prescribed": "acquise, sauf acte interruptif à saisir",
}


def register(subparsers: argparse._SubParsersAction) -> None:
    command = subparsers.add_parser("prescription", help="jusqu’à quand une dette peut être réclamée")
    command.add_argument("ref", metavar="COMPTE")
    command.add_argument("--as-of", type=day, metavar="AAAA-MM-JJ", help="aujourd’hui par défaut")
    command.add_argument("--json", action="store_true", help="un objet JSON sur une ligne")
    add_office(command)
    command.set_defaults(run=run, needs_django=True)


def run(arguments: argparse.Namespace) -> int:
    from amiable.accounts.models import Account
    from amiable.core import clock
    from amiable.outreach.prescription import INTERRUPTS, life

    rows = Account.objects.select_related("office")
    account = rows.filter(office=office_of(arguments), ref=arguments.ref).first()
    if account is None:
        raise DomainError("unknown_account", f"Le compte « {arguments.ref} » n’existe pas.")
    found = life(account, arguments.as_of or clock.today())
    if arguments.json:
        acts = [{"on": one.on.isoformat(), "rule": one.rule, "effect": one.effect} for one in found.acts]
        ends_on = found.ends_on.isoformat() if found.ends_on else None
        print_json({"account": account.ref, "ends_on": ends_on, "acts": acts, "state": found.state})
        return 0
    until = f", {found.ends_on:%d/%m/%Y}" if found.ends_on else ""
    print(f"{account.ref} : {_STATES_FR[found.state]}{until}")
    for one in found.acts:
        said = "le délai repart" if one.effect == INTERRUPTS else "sans effet sur ce qui est dû"
        print(f"  {one.on:%d/%m/%Y} ({one.rule}) : {said}")
    return 0
