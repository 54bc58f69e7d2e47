"""amiable transfer build, verify: the evidence bundle of an account; the one decided on, made again."""

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

    verify = actions.add_parser("verify", help="refaire le dossier transmis et comparer ses octets")
    verify.add_argument("ref", metavar="COMPTE")
    verify.add_argument("--json", action="store_true", help="un objet JSON sur une ligne")
    add_office(verify)
    verify.set_defaults(run=run_verify, needs_django=True)


def run_verify(arguments: argparse.Namespace) -> int:
    """1 when the bundle decided on cannot be made again byte for byte: one of its files changed."""
    from amiable.accounts.references import find
    from amiable.correspondence import store
    from amiable.transfer.bundle import again

    account = find(office_of(arguments), arguments.ref, "agency", "officer")
    decided = account.transfers.exclude(bundle=None).select_related("bundle").order_by("-pk").first()
    if decided is None or decided.bundle is None:
        raise DomainError("no_bundle", f"Rien n’a été transmis du compte {account.ref}.")
    same = again(account, store.read(decided.bundle)).sha256 == decided.bundle.sha256
    told = {"account": account.ref, "sha256": decided.bundle.sha256, "same": same}
    if arguments.json:
        print_json(told)
    else:
        said = "refait à l’octet près" if same else "ne se refait pas : une de ses pièces a changé"
        print(f"{decided.bundle.title}, SHA-256 {decided.bundle.sha256} : {said}.")
    return 0 if same else 1


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
