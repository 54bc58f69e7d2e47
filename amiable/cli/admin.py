"""init, user, doctor, backup, restore: what keeps an installation alive."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from amiable.cli.common import add_office, office_of, print_json
from amiable.domain import creditors


def register(subparsers: argparse._SubParsersAction) -> None:
    init = subparsers.add_parser("init", help="créer ou mettre à niveau la base, charger droit et procédures")
    init.add_argument(
        "--kind", choices=sorted(creditors.kinds()), help="nature du créancier (landlord par défaut)"
    )
    init.add_argument("--office", metavar="CODE", help="code de l’office à créer")
    init.add_argument("--name", help="nom de l’office à créer")
    init.add_argument("--territory", default="FR", help="FR, 57, 67, 68, 971…")
    init.set_defaults(run=run_init, needs_django=True)

    user = subparsers.add_parser("user", help="comptes d’utilisateurs").add_subparsers(required=True)
    add = user.add_parser("add", help="créer un utilisateur ; son mot de passe est demandé")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True)
    add.add_argument("--agency", action="append", default=[], metavar="CODE")
    add_office(add)
    add.set_defaults(run=run_user_add, needs_django=True)

    password = user.add_parser("password", help="donner un mot de passe provisoire")
    password.add_argument("name", metavar="NAME")
    password.set_defaults(run=run_user_password, needs_django=True)

    backup = subparsers.add_parser("backup", help="sauvegarder base et documents dans un fichier")
    backup.add_argument("file")
    backup.set_defaults(run=run_backup, needs_django=True)
    restore = subparsers.add_parser("restore", help="rétablir une sauvegarde dans une installation vide")
    restore.add_argument("file")
    restore.set_defaults(run=run_restore, needs_django=True)
    doctor = subparsers.add_parser("doctor", help="vérifier l’installation")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=run_doctor, needs_django=True)


def run_init(arguments: argparse.Namespace) -> int:
    from amiable.core import clock
    from amiable.operations.setup import initialise

    created = initialise(
        kind=arguments.kind,
        code=arguments.office,
        name=arguments.name,
        territory=arguments.territory,
        today=clock.today(),
    )
    print(created)
    return 0


def run_user_add(arguments: argparse.Namespace) -> int:
    from amiable.core import clock
    from amiable.core.users import Newcomer, add_user

    password = os.environ.get("AMIABLE_PASSWORD")
    if password is None and sys.stdin.isatty():
        password = getpass.getpass("Mot de passe (12 caractères au moins) : ")
    user, generated = add_user(
        office=office_of(arguments),
        newcomer=Newcomer(arguments.name, arguments.role, arguments.agency),
        password=password or None,
        actor=None,
        now=clock.now(),
    )
    print(f"Utilisateur « {user.username} » créé ({user.get_role_display()}).")
    if generated:
        print(f"Mot de passe provisoire : {generated}")
    return 0


def run_user_password(arguments: argparse.Namespace) -> int:
    from amiable.core.models import User
    from amiable.core.offices import provisional_password
    from amiable.domain.errors import DomainError

    user = User.objects.filter(username=arguments.name, office__isnull=False).first()
    if user is None:
        raise DomainError("unknown_user", f"Aucun utilisateur « {arguments.name} ».")
    print(f"Mot de passe provisoire de {user.username} : {provisional_password(user=user, actor=None)}")
    return 0


def run_backup(arguments: argparse.Namespace) -> int:
    from amiable.operations.backup import backup

    print(backup(arguments.file))
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    from amiable.operations.backup import restore

    print(restore(arguments.file))
    return 0


def run_doctor(arguments: argparse.Namespace) -> int:
    from amiable.operations.doctor import checks

    failed = False
    for check in checks():
        failed = failed or not check["ok"]
        if arguments.json:
            print_json(check)
        else:
            print(f"{'ok ' if check['ok'] else 'À VOIR'} {check['name']} : {check['detail']}")
    return 1 if failed else 0
