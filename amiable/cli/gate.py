"""amiable gate: whether an act may be done for an account, and each check with its source."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.check import Check, may_go
from amiable.domain.errors import DomainError

if TYPE_CHECKING:
    from amiable.accounts.models import Account


def register(subparsers: argparse._SubParsersAction) -> None:
    gate = subparsers.add_parser("gate", help="ce qui manque à un compte pour faire un acte")
    gate.add_argument("ref", metavar="COMPTE")
    gate.add_argument("--act", required=True, metavar="ACTE", help="transfer, ou un type de dossier")
    gate.add_argument("--as-of", type=day, metavar="AAAA-MM-JJ", help="aujourd’hui par défaut")
    gate.add_argument("--json", action="store_true", help="un objet JSON sur une ligne")
    add_office(gate)
    gate.set_defaults(run=run, needs_django=True)


def run(arguments: argparse.Namespace) -> int:
    """Says what it finds, whether the act may be done or not: both are answers, exit code 0."""
    from amiable.accounts.references import find
    from amiable.core import clock

    account = find(office_of(arguments), arguments.ref, "agency", "officer")
    checks = _checks(account, arguments.act, arguments.as_of or clock.today())
    allowed = may_go(checks)
    if arguments.json:
        told = [
            {"id": one.code, "state": one.state, "why": one.said_fr, "source": one.source} for one in checks
        ]
        print_json({"account": account.ref, "act": arguments.act, "allowed": allowed, "checks": told})
        return 0
    print(f"{account.ref} : {'possible' if allowed else 'pas encore possible'}")
    for one in checks:
        source = f" ({one.source})" if one.source else ""
        print(f"  {one.state_fr} : {one.label_fr}, {one.said_fr}{source}")
    return 0


def _checks(account: Account, act: str, today: date) -> list[Check]:
    from amiable.cases import kinds
    from amiable.cases.gate import gate
    from amiable.domain.cases import transfer
    from amiable.transfer.evidence import gather

    if act == "transfer":
        return list(transfer.gate(gather(account, today).tried))
    if act not in kinds.every():
        known = ", ".join(["transfer", *(kind.code for kind in kinds.of_office(account.office))])
        raise DomainError("unknown_act", f"L’acte « {act} » n’existe pas. Actes de cet office : {known}.")
    return gate(kinds.kind_of(act), account, today)
