"""dossiers due, dossier build: what must be seized and by when; one dossier written to a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from amiable.cli.common import add_office, day, office_of, print_json


def register(subparsers: argparse._SubParsersAction) -> None:
    several = subparsers.add_parser("dossiers", help="dossiers à faire et leurs limites").add_subparsers(
        dest="dossiers_command", required=True, metavar="ACTION"
    )
    due = several.add_parser("due", help="dossiers dus, leur limite, ce qui manque")
    due.add_argument("--as-of", type=day, metavar="DATE", help="AAAA-MM-JJ, aujourd’hui par défaut")
    due.add_argument("--kind", metavar="TYPE", help="caf, ccapex, fsl… ; tous par défaut")
    due.add_argument("--json", action="store_true", help="un objet JSON par ligne")
    add_office(due)
    due.set_defaults(run=run_due, needs_django=True)

    one = subparsers.add_parser("dossier", help="un dossier").add_subparsers(
        dest="dossier_command", required=True, metavar="ACTION"
    )
    build = one.add_parser("build", help="écrire les documents et l’export d’un dossier")
    build.add_argument("ref", metavar="COMPTE")
    build.add_argument("--kind", required=True, metavar="TYPE", help="caf, ccapex, fsl…")
    build.add_argument("--out", required=True, type=Path, metavar="DOSSIER", help="dossier où écrire")
    add_office(build)
    build.set_defaults(run=run_build, needs_django=True)


def run_due(arguments: argparse.Namespace) -> int:
    """Recomputed from the ledger as it stood on the day; only what is due is printed, not what one may do."""
    from amiable.accounts.models import Account
    from amiable.cases import kinds, watching
    from amiable.core import clock
    from amiable.domain.text.french import by_day

    office, as_of = office_of(arguments), arguments.as_of or clock.today()
    wanted = [kinds.kind_of(arguments.kind)] if arguments.kind else None
    rows = watching.due(office=office, as_of=as_of, kinds=wanted).filter("is_due")
    lacking = watching.missing_pieces(office, rows, as_of)
    refs = dict(
        Account.objects.filter(pk__in=rows.get_column("account_id").to_list()).values_list("pk", "ref")
    )
    for row in rows.iter_rows(named=True):
        ref, pieces = refs[row["account_id"]], lacking.get((row["account_id"], row["kind"]), [])
        if arguments.json:
            told = {name: row[name] for name in ("kind", "opens_on", "limit_on", "rule")}
            print_json({"account": ref, **told, "missing_pieces": pieces})
            continue
        limit = f", {by_day(row['limit_on'], as_of)} ({row['rule']})" if row["limit_on"] else ""
        missing = f", il manque : {', '.join(pieces)}" if pieces else ""
        print(f"{ref} : {kinds.kind_of(row['kind']).label_fr}{limit}{missing}")
    if rows.is_empty() and not arguments.json:
        print("Aucun dossier à faire.")
    return 0


def run_build(arguments: argparse.Namespace) -> int:
    """The open dossier of that kind, opened when there is none; nothing is sent."""
    from amiable.accounts.references import find
    from amiable.cases import services
    from amiable.core import clock

    office = office_of(arguments)
    found = find(office, arguments.ref, "agency", "officer")
    dossier = services.open_dossier(account=found, kind=arguments.kind, actor=None, today=clock.today())
    for name, content in services.pack(dossier, actor=None, now=clock.now()).items():
        path = arguments.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(path)
    return 0
