"""bdf recevabilite, effacement, annulation: the decisions of a surendettement, carried out once each."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from amiable.cli.common import add_office, day, office_of, print_json

if TYPE_CHECKING:
    from amiable.accounts.models import Account


def register(subparsers: argparse._SubParsersAction) -> None:
    commands = subparsers.add_parser("bdf", help="surendettement (Banque de France)").add_subparsers(
        dest="bdf_command", required=True, metavar="ACTION"
    )
    received = commands.add_parser("recevabilite", help="séparer la dette à la date de recevabilité")
    erased = commands.add_parser("effacement", help="appliquer un rétablissement personnel non contesté")
    erased.add_argument(
        "--notified-on", type=day, metavar="DATE", help="jour de l’avis, d’où court la contestation"
    )
    erased.add_argument("--tous", action="store_true", help="demandé par tous ceux qui doivent la dette")
    annulled = commands.add_parser("annulation", help="rendre ce qu’un rétablissement annulé avait effacé")
    for command, run in ((received, run_received), (erased, run_erased), (annulled, run_annulled)):
        command.add_argument("ref", metavar="COMPTE")
        command.add_argument("--on", type=day, required=True, metavar="DATE", help="AAAA-MM-JJ")
        command.add_argument("--json", action="store_true", help="ce qui a changé, en un objet JSON")
        add_office(command)
        command.set_defaults(run=run, needs_django=True)


def run_received(arguments: argparse.Namespace) -> int:
    from amiable.core.clock import today
    from amiable.domain.text.french import euros
    from amiable.overindebtedness.services import receive

    account = _account(arguments)
    found = receive(account=account, on=arguments.on, actor=None, today=today())
    if arguments.json:
        print_json(
            {
                "account": account.ref,
                "on": found.on,
                "changed": found.is_new,
                "ends_on": found.hold.ends_on,
                "frozen_cents": found.split.a.total_cents,
                "due_after_cents": found.split.b.total_cents,
                "promises_cancelled": list(found.repaired.promises),
                "plans_cancelled": list(found.repaired.plans),
                "messages_withdrawn": found.repaired.withdrawn,
                "letters": _letters(found.letters),
                "fees": [{"on": e.document_on, "cents": e.amount_cents} for e in found.fees],
            }
        )
        return 0
    done = "recevabilité enregistrée" if found.is_new else "recevabilité déjà enregistrée, rien n’a changé"
    print(f"{account.ref} : {done} au {found.on:%d/%m/%Y}.")
    print(f"Gelé : {euros(found.split.a.total_cents)}. Dû depuis : {euros(found.split.b.total_cents)}.")
    for letter in found.letters:
        print(f"N’aurait pas dû partir : {letter.on:%d/%m/%Y}, {letter.kind}, {letter.title}")
    return 0


def run_erased(arguments: argparse.Namespace) -> int:
    from amiable.core.clock import today
    from amiable.domain.text.french import euros
    from amiable.overindebtedness.services import Decision, erase

    account, now = _account(arguments), today()
    decision = Decision(arguments.on, arguments.notified_on, covers_all=arguments.tous)
    found = erase(account=account, decision=decision, actor=None, today=now)
    if arguments.json:
        print_json(
            {
                "account": account.ref,
                "on": found.on,
                "changed": found.changes,
                "erased_cents": found.erased_cents,
                "kept_cents": found.kept_cents,
                "erased": [
                    {
                        "entry_id": line.item.entry_id,
                        "due_on": line.item.due_on,
                        "part": line.part,
                        "cents": line.erased_cents,
                    }
                    for line in found.lines
                ],
                "taken_back": [{"entry_id": pk, "cents": cents} for pk, cents in found.taken_back],
                "promises_cancelled": list(found.repaired.promises),
                "plans_cancelled": list(found.repaired.plans),
                "messages_withdrawn": found.repaired.withdrawn,
                "letters": _letters(found.letters),
            }
        )
        return 0
    if not found.changes:
        print(f"{account.ref} : effacement déjà appliqué, rien n’a changé.")
        return 0
    print(f"{account.ref} : {euros(found.erased_cents)} effacés au {found.on:%d/%m/%Y}.")
    print(f"Reste dû, échu ou à échoir : {euros(found.kept_cents)}.")
    return 0


def run_annulled(arguments: argparse.Namespace) -> int:
    from amiable.core.clock import today
    from amiable.domain.text.french import euros
    from amiable.overindebtedness.services import annul

    account = _account(arguments)
    back = annul(account=account, on=arguments.on, actor=None, today=today())
    if arguments.json:
        print_json({"account": account.ref, "on": arguments.on, "back_cents": back})
    else:
        print(f"{account.ref} : effacement du {arguments.on:%d/%m/%Y} annulé, {euros(back)} de nouveau dus.")
    return 0


def _account(arguments: argparse.Namespace) -> Account:
    from amiable.accounts.references import find

    return find(office_of(arguments), arguments.ref)


def _letters(letters: Any) -> list[dict[str, str | int | date | None]]:
    return [
        {"on": one.on, "kind": one.kind, "title": one.title, "diary_id": one.diary_id, "proof": one.proof}
        for one in letters
    ]
