"""import: a list or a bank file, from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amiable.cli.common import add_office, office_of, print_json
from amiable.domain.errors import DomainError

if TYPE_CHECKING:
    from amiable.intake.services import Report

LISTS = ("accounts", "titres", "movements", "snapshot", "bank")


def register(subparsers: argparse._SubParsersAction) -> None:
    command = subparsers.add_parser("import", help="importer une liste ou un relevé bancaire")
    command.add_argument("list", choices=LISTS, metavar="LISTE", help=", ".join(LISTS))
    command.add_argument("file", metavar="FICHIER", type=existing_file)
    command.add_argument("--source", metavar="NOM", help="la source, dont la correspondance est gardée")
    command.add_argument(
        "--mapping", metavar="FICHIER", type=existing_file, help="correspondance (YAML ou JSON)"
    )
    command.add_argument("--dry-run", action="store_true", help="tout vérifier sans rien écrire")
    command.add_argument("--json", action="store_true")
    add_office(command)
    command.set_defaults(run=run, needs_django=True)


def existing_file(text: str) -> Path:
    """An argparse type: a file that can be read (else wrong usage, exit 2)."""
    path = Path(text)
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise argparse.ArgumentTypeError(f"« {text} » ne peut être lu ({error.strerror})") from None


def run(arguments: argparse.Namespace) -> int:
    """0 when committed, 1 when refused (nothing written), with the reason."""
    from amiable.intake.services import RefusedFile

    try:
        report = _import(arguments)
    except RefusedFile as refused:
        return _refuse(arguments, refused.message_fr, refused.report.as_json())
    except DomainError as refused:
        return _refuse(arguments, refused.message_fr, None)
    if arguments.json:
        print_json(report.as_json())
    else:
        _tell(report, dry_run=arguments.dry_run)
    return 0


def _import(arguments: argparse.Namespace) -> Report:
    from amiable.core import clock
    from amiable.intake import mapping as mappings
    from amiable.intake.reading import SPECS
    from amiable.intake.services import import_list

    office = office_of(arguments)
    mapping = None
    if arguments.mapping:
        if arguments.list not in SPECS:
            raise DomainError("intake.mapping", "Un relevé bancaire n'a pas de correspondance de colonnes.")
        mapping = mappings.from_file(arguments.mapping.read_bytes(), SPECS[arguments.list])
    return import_list(
        office=office,
        list_kind=arguments.list,
        data=arguments.file.read_bytes(),
        filename=arguments.file.name,
        actor=None,
        today=clock.today(),
        source=arguments.source,
        mapping=mapping,
        dry_run=arguments.dry_run,
    )


def _refuse(arguments: argparse.Namespace, message: str, figures: dict[str, Any] | None) -> int:
    if not arguments.json:
        for error in (figures or {}).get("errors", []):
            sheet = f"feuille {error['sheet']}, " if "sheet" in error else ""
            print(f"{sheet}ligne {error['line']} : {error['reason']}", file=sys.stderr)
        print(message, file=sys.stderr)
        return 1
    empty = {"accepted": 0, "rejected": 0, "duplicates": 0, "debit_cents": 0, "credit_cents": 0, "errors": []}
    answer = {**empty, **(figures or {})}
    if not answer["errors"]:
        answer["errors"] = [{"line": 0, "reason": message}]
    print_json({**answer, "refused": message})
    return 1


def _tell(report: Report, *, dry_run: bool) -> None:
    from amiable.domain.text.french import euros, plural
    from amiable.intake.readers.table import place_fr

    print("Essai à blanc, rien n'est écrit." if dry_run else "Importé.")
    print(
        f"{plural(report.accepted, 'ligne prise', 'lignes prises')}, "
        f"{plural(report.rejected, 'rejetée')}, {plural(report.duplicates, 'doublon')} ; "
        f"débit {euros(report.debit_cents)}, crédit {euros(report.credit_cents)}."
    )
    for line, reason in report.errors:
        print(f"{place_fr(line)} : {reason}")
    for warning in report.warnings:
        print(f"Attention : {warning}")
    for key, label in (("new_agencies", "Agences créées"), ("new_officers", "Chargés créés (sans accès)")):
        if report.details.get(key):
            print(f"{label} : {', '.join(report.details[key])}.")
    for gap in report.details.get("differences", []):
        print(
            f"Écart {gap['account']} au {gap['as_of']} : liste {euros(gap['balance_cents'])}, "
            f"comptes {euros(gap['ledger_cents'])}."
        )
