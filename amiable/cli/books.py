"""`amiable books` and `amiable export fec`: the books in double entry, closed, checked, proven, exported."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from amiable.cli.common import add_office, count_argument, day, office_of, print_json
from amiable.domain.errors import DomainError
from amiable.domain.text import typed
from amiable.domain.text.french import euros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from amiable.books.checking import Control


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    books = subparsers.add_parser("books", help="livres comptables : balance, contrôles, clôtures, preuve")
    actions = books.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, said in (
        ("balance", run_balance, "la balance des comptes à une date comptable"),
        ("check", run_check, "chaque total de contrôle ; code 1 à la première différence"),
    ):
        command = _command(actions, name, run, said)
        command.add_argument("--as-of", type=day, metavar="DATE", help="aujourd’hui par défaut")
    close = _command(actions, "close", run_close, "clore et sceller un mois, après celui qui le précède")
    close.add_argument("--period", type=_month, required=True, metavar="AAAA-MM")
    _command(actions, "prove", run_prove, "tout refaire depuis le grand livre et retrouver les mêmes sceaux")
    export = subparsers.add_parser("export", help="exporter vers un autre logiciel")
    kinds = export.add_subparsers(dest="what", required=True, metavar="QUOI")
    fec = _command(kinds, "fec", run_fec, "fichier des écritures comptables d’un exercice clos (LPF A47 A-1)")
    fec.add_argument("--year", type=count_argument, required=True, metavar="AAAA")
    fec.add_argument("--out", type=Path, required=True, metavar="DOSSIER")


def _command(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    said: str,
) -> argparse.ArgumentParser:
    command = actions.add_parser(name, help=said)
    command.add_argument("--json", action="store_true", help="une ligne de JSON par ligne")
    add_office(command)
    command.set_defaults(run=run, needs_django=True)
    return command


def _month(text: str) -> date:
    """An argparse type: a month, as its first day."""
    try:
        return typed.day(f"{text}-01")
    except DomainError:
        raise argparse.ArgumentTypeError(f"« {text} » : mois attendu, AAAA-MM") from None


def run_balance(arguments: argparse.Namespace) -> int:
    from amiable.books.checking import balance
    from amiable.books.projecting import project
    from amiable.core import clock

    project()
    for row in balance(office_of(arguments), arguments.as_of or clock.today()).iter_rows(named=True):
        if arguments.json:
            print_json(row)
            continue
        gap = row["debit_cents"] - row["credit_cents"]
        print(f"{row['account']:<8}{row['label'][:44]:<46}{euros(gap):>18}")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    from amiable.books.checking import controls, to_sort_out
    from amiable.books.projecting import project
    from amiable.core import clock

    project()
    office, on = office_of(arguments), arguments.as_of or clock.today()
    code = _tell(controls(office, on), arguments.json)
    if not arguments.json:
        for account, label, cents in to_sort_out(office, on).iter_rows():
            print(f"À ventiler, compte {account} ({label}) : {euros(cents)}.")
    return code


def run_prove(arguments: argparse.Namespace) -> int:
    from amiable.books.checking import prove
    from amiable.books.projecting import project

    project()
    return _tell(prove(office_of(arguments)), arguments.json)


def _tell(found: Iterable[Control], as_json: bool) -> int:
    wrong = 0
    for one in found:
        wrong += not one.ok
        if as_json:
            print_json(
                {
                    "code": one.code,
                    "ok": one.ok,
                    "left": one.left,
                    "right": one.right,
                    "differences": one.differences,
                }
            )
            continue
        print(f"{'bon  ' if one.ok else 'FAUX '} {one.label_fr}")
        for detail in one.details_fr:
            print(f"      {detail}")
    return 1 if wrong else 0


def run_close(arguments: argparse.Namespace) -> int:
    from amiable.books.closing import close_month
    from amiable.core import clock

    made = close_month(office=office_of(arguments), period=arguments.period, actor=None, today=clock.today())
    if arguments.json:
        print_json({"period": f"{made.period:%Y-%m}", "lines": made.lines, "seal": made.seal})
    else:
        print(f"{made.period:%m/%Y} clos : {made.lines} lignes, sceau {made.seal[:16]}.")
    return 0


def run_fec(arguments: argparse.Namespace) -> int:
    from amiable.books.exporting import export_fec

    made = export_fec(office=office_of(arguments), year=arguments.year, folder=arguments.out, actor=None)
    if arguments.json:
        print_json({"file": str(made.path), "lines": made.lines, "sha256": made.digest})
    else:
        print(f"{made.path} : {made.lines} lignes.")
    return 0
