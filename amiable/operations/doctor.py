"""Is this installation in order? One named check per thing that may be wrong, each with what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files
from typing import TypedDict

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min, Q
from django.utils import timezone

from amiable.core import append_only, clock
from amiable.domain.decision import procedure
from amiable.domain.errors import DomainError
from amiable.domain.law import pack as law_pack
from amiable.jobs import heartbeat
from amiable.operations import privacy
from amiable.operations.backup import last_made_at

DISK_FREE_MINIMUM = 1 << 30
JOB_WAITS_TOO_LONG = timedelta(hours=1)
POSITIONS_OLD_DAYS = 1
BACKUP_OLD = timedelta(days=7)
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Check(TypedDict):
    name: str
    ok: bool
    detail: str


Answer = tuple[bool, str]


def checks() -> Iterator[Check]:
    """Every check in order; one that cannot even run is reported, the next ones still run."""
    for name, check in CHECKS:
        try:
            ok, detail = check()
        except DomainError as error:
            ok, detail = False, error.message_fr
        except (DatabaseError, OSError, ValueError) as error:
            ok, detail = False, " ".join(f"{type(error).__name__} : {error}".split())[:300]
        yield Check(name=name, ok=ok, detail=detail)


def _home() -> Answer:
    settings.AMIABLE_HOME.mkdir(parents=True, exist_ok=True)
    writable = os.access(settings.AMIABLE_HOME, os.W_OK | os.X_OK)
    if not writable:
        return False, f"{settings.AMIABLE_HOME} : écriture impossible"
    if seen := privacy.open_to_others():
        said = ", ".join(path.name for path in seen)
        return False, f"lisible par d’autres comptes de la machine ({said}) : lancez « amiable init »"
    return True, str(settings.AMIABLE_HOME)


def _disk() -> Answer:
    free = shutil.disk_usage(settings.AMIABLE_HOME).free
    return free >= DISK_FREE_MINIMUM, f"{free / (1 << 30):.1f} Gio libres"


def _database() -> Answer:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return True, connection.vendor


def _migrations() -> Answer:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return True, "toutes appliquées"
    return False, f"{len(plan)} à appliquer : lancez « amiable init »"


def _append_only() -> Answer:
    absent = append_only.missing()
    if not absent:
        return True, "écritures, fil, journal et événements ne se changent pas"
    said = ", ".join(absent)
    return False, f"la base laisserait changer ce qui est écrit ({said}) : lancez « amiable init »"


def _offices() -> Answer:
    from amiable.core.models import Office

    codes = list(Office.objects.order_by("code").values_list("code", flat=True))
    return bool(codes), ", ".join(codes) or "aucun : lancez « amiable init »"


def _law() -> Answer:
    pack = law_pack.pack()
    return True, f"{len(pack.rules)} règles, toutes sourcées"


def _procedures() -> Answer:
    from amiable.procedures.models import ProcedureVersion

    shipped = [
        entry
        for entry in files("amiable").joinpath("procedures/profiles").iterdir()
        if entry.name.endswith(".yaml")
    ]
    for entry in shipped:
        procedure.load(entry.read_text(encoding="utf-8"))
    published = ProcedureVersion.objects.filter(status="published")
    for version in published.iterator():
        procedure.load(version.source)
    return True, f"{len(shipped)} profils livrés, {published.count()} versions publiées"


def _letters() -> Answer:
    from amiable.correspondence.typeset import Letter, Letterhead, typeset

    fonts = [
        entry.name
        for entry in files("amiable").joinpath("letters/fonts").iterdir()
        if entry.name.endswith(".ttf")
    ]
    if not fonts:
        return False, "polices des lettres absentes du paquet"
    trial = Letter(
        id="essai",
        recipient=("Essai",),
        references=(),
        place_date="",
        subject="Essai",
        blocks=(),
        signature=("Essai",),
    )
    made = typeset("Essai", Letterhead(name="Essai", lines=(), footer=""), [trial])
    return made.pdf.startswith(b"%PDF"), f"{len(fonts)} polices, une lettre d’essai composée"


def _sendings() -> Answer:
    """What the offices' letters lack: something to see to once there is somebody to write to."""
    from amiable.accounts.models import Account
    from amiable.core.models import Office
    from amiable.outreach.readiness import gaps

    missing = {office: gaps(office, clock.today()) for office in Office.objects.order_by("code")}
    said = " ".join(f"{office.code} : {' '.join(found)}" for office, found in missing.items() if found)
    awaited = [office for office, found in missing.items() if found]
    if not awaited:
        return True, "rien ne manque aux lettres"
    return not Account.objects.filter(office__in=awaited).exists(), said


def _network() -> Answer:
    if settings.DEBUG:
        return False, "AMIABLE_DEBUG=1 montre le programme à qui provoque une erreur : enlevez-le"
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL_HOSTS]
    if "*" in hosts:
        return False, "AMIABLE_HOSTS accepte n’importe quel nom : donnez celui de votre serveur"
    if hosts and not settings.SESSION_COOKIE_SECURE:
        return False, f"{', '.join(hosts)} sans HTTPS : mettez un mandataire TLS devant, puis AMIABLE_HTTPS=1"
    return True, f"{', '.join(hosts)}, en HTTPS" if hosts else "cette machine seulement"


def _backup() -> Answer:
    from amiable.accounts.models import Account

    if settings.AMIABLE_DEMO or not Account.objects.exists():
        return True, "rien à sauvegarder encore"
    made_at = last_made_at()
    if made_at is None:
        return False, "jamais faite d’ici : « amiable backup FICHIER », sur une autre machine"
    is_old = timezone.now() - made_at > BACKUP_OLD
    return not is_old, f"la dernière est du {timezone.localtime(made_at):%d/%m/%Y à %H:%M}"


def _positions() -> Answer:
    from amiable.domain.text.french import plural
    from amiable.positions.models import AccountPosition, StaleMark
    from amiable.positions.stale import LEASE

    oldest = AccountPosition.objects.aggregate(Min("as_of"))["as_of__min"]
    if oldest is None:
        return True, "aucun compte suivi"
    behind = StaleMark.objects.filter(not_before_at__lt=timezone.now() - LEASE).count()
    if behind:
        return False, f"{plural(behind, 'recalcul')} en souffrance : « amiable worker » tourne-t-il ?"
    age = (clock.today() - oldest).days
    if age <= POSITIONS_OLD_DAYS:
        return True, f"calculées au {oldest:%d/%m/%Y}"
    return False, f"certaines datent du {oldest:%d/%m/%Y} : lancez « amiable nightly » ou « amiable worker »"


def _worker() -> Answer:
    life = heartbeat.life()
    at = f"{timezone.localtime(life.at):%d/%m/%Y à %H:%M}" if life.at else ""
    said = {
        "never": "jamais lancé ici",
        "alive": f"vivant, dernier signe le {at}",
        "silent": f"ne donne plus signe de vie depuis le {at} : relancez « amiable worker »",
        "stopped": f"arrêté depuis le {at} : relancez « amiable worker »",
    }
    return life.ok, said[life.state]


def _jobs() -> Answer:
    from amiable.jobs.models import Job

    now = timezone.now()
    late = now - JOB_WAITS_TOO_LONG
    waiting = Q(status="waiting", created_at__lt=late) & (Q(not_before_at=None) | Q(not_before_at__lt=late))
    stuck = Job.objects.filter(waiting | Q(status="running", lease_until_at__lt=now)).count()
    failed = Job.objects.filter(status="failed", finished_at__gt=now - timedelta(days=1)).count()
    if stuck:
        return False, f"{stuck} tâche(s) en souffrance : « amiable worker » tourne-t-il ?"
    return failed == 0, f"{failed} échec(s) depuis un jour"


CHECKS: tuple[tuple[str, Callable[[], Answer]], ...] = (
    ("dossier", _home),
    ("disque", _disk),
    ("base", _database),
    ("migrations", _migrations),
    ("écrit une fois", _append_only),
    ("offices", _offices),
    ("droit", _law),
    ("procédures", _procedures),
    ("lettres", _letters),
    ("envois", _sendings),
    ("réseau", _network),
    ("sauvegarde", _backup),
    ("positions", _positions),
    ("travail de fond", _worker),
    ("tâches", _jobs),
)
