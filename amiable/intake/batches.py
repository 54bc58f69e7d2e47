"""One file, one transaction: what an import is, whatever it holds, and what it reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.intake.models import Import
from amiable.intake.reading import file_hash
from amiable.positions.stale import mark


@dataclass
class Report:
    """What an import did or would do. `errors`: (physical line, French reason)."""

    list_kind: str
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    debit_cents: int = 0
    credit_cents: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    import_id: int | None = None
    #: Accounts whose ledger or terms may have changed: their positions are to be refreshed.
    account_ids: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The command line's object."""
        return {
            "accepted": self.accepted,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "debit_cents": self.debit_cents,
            "credit_cents": self.credit_cents,
            "errors": [{"line": line, "reason": reason} for line, reason in self.errors],
            "warnings": self.warnings,
            **self.details,
        }


class RefusedFile(DomainError):
    """Nothing of the file could be taken: the report says why, row by row; nothing was written."""

    def __init__(self, report: Report, message_fr: str) -> None:
        super().__init__("intake.refused", message_fr)
        self.report = report


@contextmanager
def whole_file(
    office: Office, list_kind: str, data: bytes, filename: str, actor: User | None, *,
    dry_run: bool = False, pending: Import | None = None,
) -> Iterator[Import]:  # fmt: skip
    """One transaction around one file: the same file twice is refused, two imports at once wait for each
    other.

    The row of the import is written first: its unique hash stops a concurrent import of the same file, and
    a killed
    process leaves nothing behind.
    """
    digest = file_hash(data)
    try:
        with transaction.atomic():
            _lock(office)
            earlier = Import.objects.filter(
                office=office, list_kind=list_kind, sha256=digest, status="committed"
            )
            if (done := earlier.first()) is not None:
                raise _already(done)
            batch = pending or Import(office=office, list_kind=list_kind, created_by=actor)
            batch.sha256, batch.filename = digest, filename[-200:]
            batch.status, batch.committed_at = Import.Status.COMMITTED, timezone.now()
            batch.save()
            yield batch
            if dry_run:
                transaction.set_rollback(True)
    except IntegrityError as error:
        if "file_committed_once" in str(error) or "sha256" in str(error):
            raise DomainError(
                "intake.same_file", "Ce fichier est déjà en cours d'import : rien n'a été importé."
            ) from error
        raise


def _already(done: Import) -> DomainError:
    day = (
        timezone.localtime(done.committed_at).strftime("%d/%m/%Y")
        if done.committed_at
        else "une date inconnue"
    )
    return DomainError(
        "intake.same_file",
        f"Ce fichier a déjà été importé le {day} (« {done.filename} », {done.accepted} lignes prises) : "
        "rien n'a été importé.",
    )


def _lock(office: Office) -> None:
    """One import at a time per office. SQLite's transactions are IMMEDIATE: they already queue."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('amiable.intake'), %s)", [office.pk])


def close_batch(batch: Import, report: Report, *, extra: dict[str, Any] | None = None) -> None:
    """Figures and report of a committed import, its line in the audit journal, and the promise of new
    positions."""
    mark(batch.office_id, report.account_ids)
    batch.accepted, batch.rejected, batch.duplicates = report.accepted, report.rejected, report.duplicates
    batch.debit_cents, batch.credit_cents = report.debit_cents, report.credit_cents
    batch.report = {"warnings": report.warnings, "details": report.details, **(extra or {})}
    batch.save()
    figures = {"accepted": report.accepted, "rejected": report.rejected, "duplicates": report.duplicates}
    record(
        "import.committed", office=batch.office, actor=batch.created_by, target=batch,
        data={"list": batch.list_kind, **figures},
    )  # fmt: skip
