"""plan simulate: a schedule, nothing written. plan status: whether plans are kept, from the ledger."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.errors import DomainError

if TYPE_CHECKING:
    from amiable.accounts.models import Account
    from amiable.core.models import Office


def _euros(text: str) -> int:
    """An argparse type: an amount in euros, given back in cents."""
    from amiable.domain.text.french import parse_euros

    try:
        return parse_euros(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(error.message_fr) from None


def register(subparsers: argparse._SubParsersAction) -> None:
    commands = subparsers.add_parser("plan", help="plans d’apurement").add_subparsers(
        dest="plan_command", required=True, metavar="ACTION"
    )
    simulate = commands.add_parser("simulate", help="échéancier d’un compte, sans rien écrire")
    simulate.add_argument("--account", required=True, metavar="REF")
    simulate.add_argument("--months", type=int, required=True, metavar="N")
    simulate.add_argument("--start", type=day, required=True, metavar="DATE", help="première échéance")
    simulate.add_argument(
        "--lump", type=_euros, default=0, metavar="EUROS", help="versement à la première date"
    )
    simulate.add_argument("--at", type=day, metavar="DATE", help="date du décompte (par défaut, aujourd’hui)")
    simulate.add_argument("--json", action="store_true")
    add_office(simulate)
    simulate.set_defaults(run=run_simulate, needs_django=True)
    status = commands.add_parser("status", help="plans tenus, en retard, à surveiller ou rompus")
    status.add_argument("--account", metavar="REF")
    status.add_argument("--as-of", type=day, required=True, metavar="DATE", help="AAAA-MM-JJ")
    status.add_argument("--json", action="store_true", help="un objet JSON par plan")
    add_office(status)
    status.set_defaults(run=run_status, needs_django=True)


def _account(office: Office, ref: str) -> Account:
    from amiable.accounts.references import find

    return find(office, ref)


def run_simulate(arguments: argparse.Namespace) -> int:
    from amiable.core.clock import today
    from amiable.domain.plans.schedule import Asked
    from amiable.domain.text.french import euros
    from amiable.plans.queries import capacity_of
    from amiable.plans.services import simulate

    account, at = _account(office_of(arguments), arguments.account), arguments.at or today()
    asked = Asked(1, arguments.start, arguments.months, lump_cents=arguments.lump)
    capacity = capacity_of(account, at)
    found = simulate(accounts=[account], asked=asked, statement_on=at, capacity_cents=capacity)
    if arguments.json:
        print_json(
            {
                "account": account.ref,
                "statement_on": at,
                "instalments": [
                    {"due_on": one.due_on, "amount_cents": one.amount_cents} for one in found.instalments
                ],
                "total_cents": found.statement.total_cents,
                "frozen_cents": found.statement.frozen_cents,
                "checks": [
                    {
                        "code": check.code,
                        "level": "head" if check.is_open else check.state,
                        "text": check.said_fr,
                        "rule": next(iter(check.rules), None),
                        "setting": check.setting or None,
                    }
                    for check in found.checks
                ],
            }
        )
        return 0
    print(f"{account.ref} : {euros(found.statement.total_cents)} au {at:%d/%m/%Y}")
    for one in found.instalments:
        print(f"{one.number:>3}  {one.due_on:%d/%m/%Y}  {euros(one.amount_cents)}")
    for check in found.checks:
        print(f"{check.state_fr} : {check.said_fr}")
    return 0


def run_status(arguments: argparse.Namespace) -> int:
    from amiable.domain.plans.following import STATUS_FR
    from amiable.domain.text.french import euros
    from amiable.plans.queries import status_rows

    office = office_of(arguments)
    account = _account(office, arguments.account) if arguments.account else None
    rows = status_rows(office, arguments.as_of, account)
    for version, row in rows:
        if arguments.json:
            shown = {
                "account": version.plan.account.ref,
                "plan": version.plan_id,
                "version": version.number,
                "status": row["status"],
                "expected_cents": row["expected_cents"],
                "paid_cents": row["paid_cents"],
                "missing_cents": row["missing_cents"],
                "rent_missing_cents": row["rent_missing_cents"],
                "days_late": row["days_late"],
                "next_due_on": row["next_due_on"],
            }
            print_json(shown)
            continue
        coming = f", prochaine échéance le {row['next_due_on']:%d/%m/%Y}" if row["next_due_on"] else ""
        print(
            f"{version.plan.account.ref} : {STATUS_FR[row['status']]}, {euros(row['paid_cents'])} payés "
            f"sur {euros(row['expected_cents'])} attendus{coming}"
        )
    if not rows and not arguments.json:
        print("Aucun plan en cours à cette date.")
    return 0
