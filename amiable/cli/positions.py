"""positions, explain, nightly: what each account owes, what comes next and why, from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from amiable.cli.common import add_office, day, office_of, print_json

if TYPE_CHECKING:
    from amiable.accounts.models import Account
    from amiable.core.models import Office

#: The fields of one line of `positions --json`, after `account`.
FIELDS = (
    "as_of",
    "balance_cents",
    "overdue_cents",
    "prescribed_cents",
    "oldest_unpaid_on",
    "age_days",
    "due_0_30_cents",
    "due_31_60_cents",
    "due_61_90_cents",
    "due_over_90_cents",
    "months_of_rent",
    "caf_constituted_on",
    "caf_rule",
    "caf_limit_on",
    "next_step",
    "next_step_on",
    "duties",
    "queue",
    "holds",
)

#: The fields of one duty of the office, beside the next contact.
DUTY = ("code", "on", "limit_on", "why")


def register(subparsers: argparse._SubParsersAction) -> None:
    positions = subparsers.add_parser(
        "positions", help="dette, ancienneté et étape suivante de chaque compte"
    )
    positions.add_argument("action", nargs="?", choices=["check"], help="comparer avec le grand livre")
    positions.add_argument("--account", metavar="COMPTE", help="un seul compte")
    _day_and_office(positions, run_positions)

    explain = subparsers.add_parser("explain", help="pourquoi cette étape, ce qui bloque, ce qui changerait")
    explain.add_argument("ref", metavar="COMPTE")
    _day_and_office(explain, run_explain)

    nightly = subparsers.add_parser("nightly", help="le travail de la nuit ; reprend où il s’est arrêté")
    _day_and_office(nightly, run_nightly)


def _day_and_office(parser: argparse.ArgumentParser, handler: Any) -> None:
    parser.add_argument("--as-of", type=day, metavar="DATE", help="AAAA-MM-JJ, aujourd’hui par défaut")
    parser.add_argument("--json", action="store_true", help="un objet JSON par ligne")
    add_office(parser)
    parser.set_defaults(run=handler, needs_django=True)


def run_positions(arguments: argparse.Namespace) -> int:
    """Recomputed from the ledger as it stood on the day; stored positions are neither read nor written."""
    if arguments.action == "check":
        return _check(arguments)
    office, as_of = office_of(arguments), _as_of(arguments)
    for row in _rows(office, as_of, arguments.account):
        if arguments.json:
            print_json(row)
        else:
            _tell(row)
    return 0


def _as_of(arguments: argparse.Namespace) -> date:
    from amiable.core import clock

    return arguments.as_of or clock.today()


def _rows(office: Office, as_of: date, ref: str | None) -> Iterator[dict[str, Any]]:
    from amiable.accounts.models import Account
    from amiable.ledger.facts import Span, spans
    from amiable.positions.facts import rules
    from amiable.positions.queries import told

    known = rules(office, as_of)
    wanted: list[Span | list[int]] = [[_account(office, ref).pk]] if ref else list(spans(office.pk))
    for which in wanted:
        accounts = Account.objects.filter(office=office)
        if isinstance(which, Span):
            accounts = accounts.filter(pk__gte=which.low, pk__lte=which.high)
        else:
            accounts = accounts.filter(pk__in=which)
        refs = dict(accounts.values_list("pk", "ref"))
        rows = [(refs[row["account_id"]], row) for row in told(known, which).iter_rows(named=True)]
        for name, row in sorted(rows, key=lambda pair: pair[0]):
            duties = [{field: duty[field] for field in DUTY} for duty in row["duties"]]
            yield {"account": name, **{field: row[field] for field in FIELDS}, "duties": duties}


def _account(office: Office, ref: str) -> Account:
    from amiable.accounts.references import find

    return find(office, ref)


def _tell(row: dict[str, Any]) -> None:
    from amiable.domain.text.french import euros, plural

    age = f", {plural(row['age_days'], 'jour')}" if row["age_days"] is not None else ""
    step = f" ; {row['next_step']} le {row['next_step_on']:%d/%m/%Y}" if row["next_step"] else ""
    held = f" ; en attente : {', '.join(row['holds'])}" if row["holds"] else ""
    debt, balance = euros(row["overdue_cents"]), euros(row["balance_cents"])
    duties = "".join(f" ; à faire : {one['code']}" for one in row["duties"] if one["on"] <= row["as_of"])
    print(f"{row['account']} : dette {debt}{age}, solde {balance}{duties}{step}{held}")


def _check(arguments: argparse.Namespace) -> int:
    """1 on any difference between what is stored and what the ledger gives."""
    from amiable.accounts.models import Account
    from amiable.positions.services import differences

    office, found = office_of(arguments), 0
    for row in differences(office, _as_of(arguments)):
        found += 1
        ref = Account.objects.filter(pk=row["account_id"]).values_list("ref", flat=True).first()
        line = {"account": ref, **{name: row[name] for name in ("column", "stored", "rebuilt")}}
        if arguments.json:
            print_json(line)
        else:
            print(f"{ref} {row['column']} : enregistré {row['stored']}, recalculé {row['rebuilt']}")
    if not arguments.json:
        print("Aucun écart." if not found else f"{found} écarts : lancez « amiable nightly ».")
    return 1 if found else 0


def run_explain(arguments: argparse.Namespace) -> int:
    """The account's figures, what is next and why, what blocked the rest, what would change it."""
    from amiable.positions.queries import explain

    account = _account(office_of(arguments), arguments.ref)
    row, explanation = explain(account=account, as_of=_as_of(arguments))
    if arguments.json:
        print_json({"account": account.ref, **{name: row[name] for name in FIELDS}, **explanation.as_dict()})
        return 0
    _tell({"account": account.ref, **row})
    print(f"{explanation.label_fr} : {explanation.why}")
    if explanation.held_fr:
        print(f"  Retenu : {explanation.held_fr}")
    for step in explanation.steps:
        when = f" ({step.on:%d/%m/%Y})" if step.on else ""
        print(f"  {step.label_fr} — {_STATES[step.state]}{when}")
        for sentence in step.blocking:
            print(f"      bloqué : {sentence}")
        for sentence in step.holding if step.state in ("next", "later") else ():
            print(f"      vérifié : {sentence}")
    for sentence in explanation.changes:
        print(f"  Ce qui changerait : {sentence}")
    for rule, source in explanation.rules:
        print(f"  {rule} : {source}")
    for setting, value in explanation.settings:
        print(f"  Réglage de l’office : {setting}, {value}")
    return 0


_STATES = {"next": "étape suivante", "later": "à venir", "done": "faite", "blocked": "pas maintenant"}


def run_nightly(arguments: argparse.Namespace) -> int:
    from amiable.core import clock
    from amiable.domain.text.french import plural
    from amiable.nightly import services

    office = office_of(arguments)
    for result in services.run(office=office, as_of=_as_of(arguments), now=clock.now()):
        if arguments.json:
            print_json(result.as_json())
        else:
            print(f"{result.label_fr} : {plural(result.rows, 'ligne')} en {result.seconds:.1f} s")
    return 0
