"""Creating an installation, or bringing one to the present version: the same command, safe to run again."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.text import slugify

from amiable.core import append_only
from amiable.core.journal import record
from amiable.core.models import Office
from amiable.domain import creditors
from amiable.domain.law import calendar
from amiable.domain.law import pack as law_pack
from amiable.operations import privacy
from amiable.operations.tables import create_tables, is_empty
from amiable.positions.stale import catch_up, mark_office
from amiable.procedures.services import install_defaults

DEFAULT_KIND = "landlord"


def initialise(
    kind: str | None, code: str | None, name: str | None, territory: str = "FR", *, today: date
) -> str:
    """Migrate, then make sure an office of this kind exists with its procedures. Returns what to print.

    Without kind nor code, an installation that has offices is only brought up to date.
    Raises DomainError on an unknown kind or territory; nothing is then written.
    """
    chosen = creditors.kind(kind or DEFAULT_KIND)
    territory = calendar.territory_code(territory)
    rules = len(law_pack.pack().rules)
    upgrade_database()
    with transaction.atomic():
        created = None
        if kind or code or not Office.objects.exists():
            created = ensure_office(kind=chosen.code, code=code, name=name, territory=territory)
        offices = list(Office.objects.order_by("code"))
        for office in offices:
            install_defaults(office=office, today=today)
    for office in offices:
        catch_up(office=office, today=today)
    names = ", ".join(f"{office.name} ({office.code})" for office in offices)
    verb = "créé" if created else "à jour"
    return f"{settings.AMIABLE_HOME} : office {verb} — {names} ; {rules} règles de droit."


def upgrade_database() -> None:
    """Apply every migration, then make sure of what the database refuses to change.

    The installation's folder is made when missing. What a later version knows of an account is owed to every
    office at once, whoever upgrades: `init`, or the restoring of an older backup.
    """
    settings.AMIABLE_HOME.mkdir(parents=True, exist_ok=True)
    if is_empty():
        create_tables()
    else:
        _migrate()
    append_only.install()
    privacy.close()


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    call_command("migrate", verbosity=0, interactive=False)
    for office_id in Office.objects.values_list("pk", flat=True):
        mark_office(office_id)


def ensure_office(*, kind: str, code: str | None, name: str | None, territory: str) -> Office | None:
    """The office just made, or None when one of this code (by default: its kind's) is already there."""
    described = creditors.kind(kind)
    code = code or slugify(described.word("creditor"))
    if Office.objects.filter(code=code).exists():
        return None
    office = Office.objects.create(code=code, name=name or described.label, kind=kind, territory=territory)
    record("office.created", office=office, actor=None, target=office, data={"kind": kind})
    return office
