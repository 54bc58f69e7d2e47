"""Loading the demo: two offices from nothing to a morning's work, by the same roads as a real office."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from amiable.core import append_only
from amiable.core.models import Office
from amiable.demo import (
    appointments,
    contact,
    doings,
    dossiers,
    files,
    history,
    interviews,
    offices,
    plans,
    stages,
    surendettement,
    transfers,
    visits,
)
from amiable.demo.files import DemoFile
from amiable.diary.writing import postponed
from amiable.domain.errors import DomainError
from amiable.intake import mapping as mappings
from amiable.intake.reading import SPECS
from amiable.intake.services import import_list
from amiable.nightly import services as nightly
from amiable.operations import database
from amiable.operations.setup import upgrade_database
from amiable.positions import services as positions

MARKER = "demo.json"
#: What a demo makes in its folder; nothing else there is ever removed.
MADE = ("demo", "documents", "spool", MARKER)

Say = Callable[[str], None]


def loaded_on() -> date | None:
    """The day the demo of this folder was loaded for; None when it never was, or not to its end."""
    try:
        return date.fromisoformat(json.loads(_marker().read_text())["loaded_on"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def ensure(today: date, now: datetime, say: Say, *, keep: bool = False) -> bool:
    """Load the demo unless it is already there for today; whether it was loaded.

    A demo of another day is loaded anew, so that its dates stay relative to today; `keep` leaves it as it is.
    Raises DomainError when the folder holds a real installation.
    """
    before = loaded_on()
    if before == today or (before is not None and keep):
        return False
    if before is None and not _abandoned() and _holds_work():
        raise DomainError(
            "demo.real_installation",
            f"{settings.AMIABLE_HOME} contient une installation qui n’est pas une démonstration : "
            "choisissez un autre dossier (AMIABLE_HOME).",
        )
    if before is not None:
        say(f"La démonstration du {before:%d/%m/%Y} est rechargée aux dates d’aujourd’hui.")
    _clear()
    load(today, now, say)
    return True


def load(today: date, now: datetime, say: Say) -> None:
    """Both offices, their lists, what was done, the night's work; the marker comes last."""
    started = time.monotonic()
    _write_marker({"loading": today.isoformat()})
    upgrade_database()
    landlord, treasury = offices.open_landlord(today), offices.open_treasury(today)
    for office, received in (
        (landlord, files.landlord_files(today)),
        (treasury, files.treasury_files(today)),
    ):
        say(f"{office.name}")
        for file in received:
            _import(office, file, say)
        with _told(say, "positions"):
            _refresh(office, today)
    with _told(say, "ce qui a déjà été fait"), postponed():
        history.landlord_history(landlord, today)
        history.landlord_commitments(landlord, today)
        history.treasury_history(treasury, today)
        doings.landlord_acts(landlord, today)
        doings.treasury_acts(treasury, today)
        interviews.landlord_interviews(landlord, today)
        contact.landlord_contacts(landlord, today)
    with _told(say, "plans d’apurement"), postponed():
        plans.landlord_plans(landlord, today)
        plans.treasury_plans(treasury, today)
    _refresh(landlord, today)
    with _told(say, "rendez-vous"), postponed():
        appointments.landlord_appointments(landlord, today)
    with _told(say, "dossiers"), postponed():
        dossiers.landlord_dossiers(landlord, today)
    with _told(say, "surendettements"), postponed():
        surendettement.landlord_surendettements(landlord, today)
        stages.every_stage(landlord, today)
    _refresh(landlord, today)
    with _told(say, "visites"), postponed():
        visits.landlord_visits(landlord, today)
    with _told(say, "contentieux"):
        transfers.landlord_transfers(landlord, today)
    for office in (landlord, treasury):
        with _told(say, f"travail de la nuit, {office.name}"):
            nightly.run(office=office, as_of=today, now=now)
    _write_marker({"loaded_on": today.isoformat()})
    say(f"Prêt en {time.monotonic() - started:.0f} s.")


def _refresh(office: Office, today: date) -> None:
    """What comes next reads the positions: they are rebuilt at once, not act by act."""
    positions.refresh(office=office, as_of=today)


def _import(office: Office, file: DemoFile, say: Say) -> None:
    """Keep the file where it can be looked at, then import it as the office would."""
    folder = settings.AMIABLE_HOME / "demo" / office.code
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.name).write_bytes(file.data)
    mapping = mappings.from_dict(file.mapping, SPECS[file.list_kind]) if file.mapping else None
    started = time.monotonic()
    report = import_list(
        office=office,
        list_kind=file.list_kind,
        data=file.data,
        filename=file.name,
        actor=None,
        today=file.received_on,
        source=file.source or None,
        mapping=mapping,
    )
    figures = f"{report.accepted} lignes, {report.rejected} rejetées, {report.duplicates} doublons"
    say(f"  {file.name:34} {figures:46} {time.monotonic() - started:5.1f} s")


@contextmanager
def _told(say: Say, what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    say(f"  {what:81} {time.monotonic() - started:5.1f} s")


def _marker() -> Path:
    return Path(settings.AMIABLE_HOME) / MARKER


def _write_marker(content: dict[str, Any]) -> None:
    settings.AMIABLE_HOME.mkdir(parents=True, exist_ok=True)
    _marker().write_text(json.dumps(content))


def _abandoned() -> bool:
    """A load that was cut: its marker stands without its end."""
    return _marker().exists()


def _holds_work() -> bool:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    return database.in_use()


def _clear() -> None:
    """Remove what an earlier demo made; on PostgreSQL its rows, on SQLite its file."""
    if connection.vendor == "sqlite":
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)
    else:
        upgrade_database()
        append_only.remove()
        call_command("flush", verbosity=0, interactive=False)
    for name in MADE:
        path = settings.AMIABLE_HOME / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
