"""`amiable received`: the day a person received what a step sent, from which its delays run."""

from __future__ import annotations

import argparse

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.errors import DomainError


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = subparsers.add_parser("received", help="noter la réception de ce qu’une étape a envoyé")
    command.add_argument("ref", metavar="COMPTE")
    command.add_argument("--step", required=True, metavar="ÉTAPE", help="par exemple mise_en_demeure")
    command.add_argument("--on", type=day, required=True, metavar="DATE", help="jour de l’avis de réception")
    command.add_argument("--proof", required=True, metavar="NUMÉRO", help="numéro de l’avis, ou l’acte")
    command.add_argument("--json", action="store_true", help="un objet JSON")
    add_office(command)
    command.set_defaults(run=run, needs_django=True)


def run(arguments: argparse.Namespace) -> int:
    from amiable.accounts.models import Account
    from amiable.core.clock import today
    from amiable.diary.services import record_notification

    account = Account.objects.filter(office=office_of(arguments), ref=arguments.ref).first()
    if account is None:
        raise DomainError("unknown_account", f"Aucun compte ne porte la référence « {arguments.ref} ».")
    entry = record_notification(
        account=account,
        step=arguments.step,
        on=arguments.on,
        proof=arguments.proof,
        actor=None,
        today=today(),
    )
    if arguments.json:
        print_json({"account": account.ref, "step": entry.step, "notified_on": entry.on})
    else:
        print(f"{account.ref} : réception notée au {entry.on:%d/%m/%Y}.")
    return 0
