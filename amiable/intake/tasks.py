"""Imports asked from a screen: the file waits on disk, the worker commits it, the row says how it ended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from amiable.core import clock
from amiable.core.lifecycle import move_all
from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.intake import mapping as mappings
from amiable.intake.lifecycle import IMPORT
from amiable.intake.models import Import
from amiable.intake.reading import LABELS_FR, SPECS, file_hash
from amiable.intake.services import RefusedFile, Report, check_list_kind, import_list
from amiable.jobs import services as jobs
from amiable.jobs.models import Job
from amiable.jobs.registry import daily, task

COMMIT = "intake.commit"
FORGET = "intake.forget"
#: A dropped file nobody agreed to is forgotten after this many days.
WAITING_DAYS = 7
#: Reasons kept with a refused file; its preview showed them all.
KEPT_ERRORS = 200


def path_of(batch: Import) -> Path:
    """Where the bytes of a waiting file are."""
    return Path(settings.AMIABLE_HOME) / "imports" / f"{batch.pk}.bin"


def prepare(
    *, office: Office, list_kind: str, data: bytes, filename: str, source: str, actor: User
) -> Import:
    """Keep an uploaded file until somebody has looked at it. Raises DomainError for a list the office has
    not.
    """
    check_list_kind(office, list_kind)
    batch = Import.objects.create(
        office=office,
        list_kind=list_kind,
        filename=filename[-200:],
        sha256=file_hash(data),
        created_by=actor,
        report={"source": source},
    )
    path = path_of(batch)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # People's data: readable by the installation's own user only, and not for long (see `forget`).
    path.touch(mode=0o600)
    path.write_bytes(data)
    return batch


def content(batch: Import) -> bytes:
    """The waiting file. Raises DomainError when it is no longer there (imported or abandoned)."""
    try:
        return path_of(batch).read_bytes()
    except FileNotFoundError:
        raise DomainError("intake.no_file", "Le fichier n'est plus là : déposez-le de nouveau.") from None


def discard(batch: Import) -> None:
    """Forget the uploaded bytes: a list holds people's data and is not kept beside the ledger."""
    path_of(batch).unlink(missing_ok=True)


def failed(batch: Import) -> bool:
    """Whether the worker gave up on this file without a reason of the file's own: it may be asked again."""
    return (
        batch.status == Import.Status.COMMITTING
        and Job.objects.filter(pk=batch.job_id, status=Job.Status.FAILED).exists()
    )


def pending_mapping(batch: Import) -> mappings.Mapping | None:
    """The mapping chosen on the screen, if any."""
    raw = batch.report.get("mapping")
    return mappings.from_dict(raw, SPECS[batch.list_kind]) if raw and batch.list_kind in SPECS else None


def run(batch: Import, *, actor: User | None, dry_run: bool) -> Report:
    """Commit a waiting file, or try it without writing anything."""
    return import_list(
        office=batch.office,
        list_kind=batch.list_kind,
        data=content(batch),
        filename=batch.filename,
        actor=actor,
        today=clock.today(),
        source=batch.report.get("source") or None,
        mapping=pending_mapping(batch),
        dry_run=dry_run,
        pending=batch,
    )


def ask(*, batch: Import, actor: User, result_url: str) -> Job:
    """Ask the worker to commit; asking twice gives the same job. `result_url`: where its outcome is read.

    Raises DomainError unless the file waits, or its earlier attempt failed for a reason of the machine.
    """
    if batch.status != Import.Status.PREVIEW and not failed(batch):
        raise DomainError("intake.not_waiting", "Ce fichier est déjà importé ou en cours d'import.")
    move_all(Import.objects.filter(pk=batch.pk), Import.Status.COMMITTING, IMPORT)
    job = jobs.enqueue(
        COMMIT,
        {"import_id": batch.pk, "result_url": result_url},
        office_id=batch.office_id,
        actor_id=actor.pk,
        lock_key=f"import:{batch.pk}",
    )
    Import.objects.filter(pk=batch.pk).update(job_id=job.pk)
    return job


@task(COMMIT)
def commit_task(job: Job, import_id: int, result_url: str = "") -> dict[str, Any]:
    """Safe to run again after a kill: a committed import is left as it is, a lost one starts over."""
    batch = Import.objects.select_related("office", "created_by").get(pk=import_id)
    if batch.status == Import.Status.COMMITTED:
        discard(batch)
        return {"accepted": batch.accepted, "next": result_url}
    jobs.progress(job, 0, 1, f"{LABELS_FR[batch.list_kind]} : lecture et contrôle")
    try:
        report = run(batch, actor=batch.created_by, dry_run=False)
    except DomainError as refused:
        errors = refused.report.errors[:KEPT_ERRORS] if isinstance(refused, RefusedFile) else []
        move_all(
            Import.objects.filter(pk=import_id),
            Import.Status.REFUSED,
            IMPORT,
            refusal_fr=refused.message_fr,
            committed_at=None,
            report={"source": batch.report.get("source", ""), "errors": errors},
        )
        discard(batch)
        return {"refused": refused.message_fr, "next": result_url}
    discard(batch)
    jobs.progress(job, 1, 1, "Terminé")
    return {"accepted": report.accepted, "rejected": report.rejected, "next": result_url}


@task(FORGET)
def forget(job: Job, office_id: int, as_of: str) -> dict[str, Any]:
    """Forget the files that have waited too long for somebody's agreement; nothing of them was posted."""
    day = date.fromisoformat(as_of) - timedelta(days=WAITING_DAYS)
    before = datetime.combine(day, time(), tzinfo=clock.PARIS)
    stale = Import.objects.filter(office_id=office_id, status=Import.Status.PREVIEW, created_at__lt=before)
    count = 0
    for batch in stale:
        discard(batch)
        batch.delete()
        count += 1
    return {"forgotten": count}


daily(FORGET, time(3))
