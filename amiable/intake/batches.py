"""One file, one transaction: what an import is, whatever it holds, and what it reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.errors import DomainError
from amiable.intake.models import Import
from amiable.intake.readers.table import place_of
from amiable.intake.reading import file_hash
from amiable.positions.stale import mark

#: Pairs kept with the import; the answer of the import itself lists them all.
SHOWN_PAIRINGS = 2_000
#: Where a row of a file may go: taken, known already, refused, or waiting for an officer.
PLACES = ("accepted", "duplicates", "rejected", "waiting")


def placed(line: int) -> dict[str, Any]:
    """A line as answers give it, with the rank of its sheet beyond a workbook's first."""
    sheet, row = place_of(line)
    return {"line": row, **({"sheet": sheet} if sheet > 1 else {})}


@dataclass
class Report:
    """What an import did or would do. `errors`: (physical line, French reason)."""

    list_kind: str
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    #: Lines that may be money known already: an officer says, nothing is posted before.
    waiting: int = 0
    debit_cents: int = 0
    credit_cents: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    #: Rejected rows (line, reason, cells by source column), and our field -> the source's column.
    rejects: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    import_id: int | None = None
    #: Accounts whose ledger or terms may have changed: their positions are to be refreshed.
    account_ids: list[int] = field(default_factory=list)
    #: What the file says, in rows and in cents whatever their side; each row is in one place.
    told_rows: int = 0
    cents: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("told", *PLACES), 0))
    #: Every row paired with money known already, or that may be, and why.
    pairings: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, rows: int, cents: int) -> None:
        """The file says so many rows more, worth `cents` whatever their side."""
        self.told_rows += rows
        self.cents["told"] += cents

    def count(self, place: str, cents: int, rows: int = 1) -> None:
        """One row of the file, or several told as one, goes to one of PLACES."""
        setattr(self, place, getattr(self, place) + rows)
        self.cents[place] += abs(cents)

    def pair(self, *, line: int, day: date, cents: int, reason: str, waits: bool) -> None:
        """One row that is money known already, or that may be."""
        self.pairings.append(
            {**placed(line), "on": day.isoformat(), "cents": cents, "reason": reason, "waits": waits}
        )

    def check(self) -> None:
        """Nothing is lost nor invented between the file and the report; raise, so that nothing is written.

        Lists that hold no money say nothing.
        """
        if not self.told_rows:
            return
        rows = sum(getattr(self, place) for place in PLACES)
        if self.told_rows != rows or self.cents["told"] != sum(self.cents[place] for place in PLACES):
            raise RuntimeError(f"import report does not add up: {self.told_rows} rows told, {rows} placed")

    def as_json(self) -> dict[str, Any]:
        """The command line's object."""
        return {
            "accepted": self.accepted,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "waiting": self.waiting,
            "told": {"rows": self.told_rows, **{f"{k}_cents": v for k, v in self.cents.items()}},
            "pairings": self.pairings,
            "debit_cents": self.debit_cents,
            "credit_cents": self.credit_cents,
            "errors": [{**placed(line), "reason": reason} for line, reason in self.errors],
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
    report.check()
    mark(batch.office_id, report.account_ids)
    batch.accepted, batch.rejected, batch.duplicates = report.accepted, report.rejected, report.duplicates
    batch.debit_cents, batch.credit_cents = report.debit_cents, report.credit_cents
    batch.report = {
        "warnings": report.warnings,
        "details": report.details,
        "waiting": report.waiting,
        "pairings": report.pairings[:SHOWN_PAIRINGS],
        **(extra or {}),
    }
    batch.save()
    figures = {"accepted": report.accepted, "rejected": report.rejected, "duplicates": report.duplicates}
    record(
        "import.committed", office=batch.office, actor=batch.created_by, target=batch,
        data={"list": batch.list_kind, **figures},
    )  # fmt: skip
