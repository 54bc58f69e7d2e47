"""amiable transfer build: the evidence bundle of an account as it stands on a day."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.errors import DomainError


def register(subparsers: argparse._SubParsersAction) -> None:
    transfer = subparsers.add_parser("transfer", help="dossiers de transmission au contentieux")
    actions = transfer.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="écrire le dossier de preuves d’un compte, en un seul PDF")
    build.add_argument("ref", metavar="COMPTE")
    build.add_argument("--as-of", type=day, metavar="AAAA-MM-JJ", help="aujourd’hui par défaut")
    build.add_argument("--out", type=Path, required=True, metavar="FICHIER.pdf")
    build.add_argument("--json", action="store_true", help="un objet JSON sur une ligne")
    add_office(build)
    build.set_defaults(run=run_build, needs_django=True)


def run_build(arguments: argparse.Namespace) -> int:
    """Writes the PDF beside its final name, then moves it there: a kill leaves no half file."""
    from amiable.accounts.references import find
    from amiable.core import clock
    from amiable.transfer.bundle import build

    office = office_of(arguments)
    account = find(office, arguments.ref, "agency", "officer")
    as_of: date = arguments.as_of or clock.today()
    made = build(account, as_of)
    out: Path = arguments.out
    if not out.parent.is_dir():
        raise DomainError("no_folder", f"Le dossier « {out.parent} » n’existe pas : rien n’a été écrit.")
    half = out.with_name(f".{out.name}.part")
    half.write_bytes(made.pdf)
    half.replace(out)
    told = {
        "account": account.ref,
        "as_of": as_of,
        "pages": made.pages,
        "pieces": made.pieces,
        "sha256": made.sha256,
        "missing": list(made.missing),
    }
    if arguments.json:
        print_json(told)
    else:
        print(f"{out} : {made.pages} pages, {made.pieces} pièces, SHA-256 {made.sha256}")
        if made.missing:
            print(f"Manque pour transmettre : {', '.join(made.missing)}.")
    return 0
