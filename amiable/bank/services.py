"""Bank files: what is sure is posted, what is likely is proposed, the rest waits « à rapprocher »."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

import polars as pl
from django.db.models import F

from amiable.bank.models import BankTransaction
from amiable.bank.readers.statement import BankFile
from amiable.bank.reading import read_bank
from amiable.bank.taking import take
from amiable.core.models import Office
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.batches import RefusedFile, Report, close_batch
from amiable.intake.models import Import, ImportReject
from amiable.intake.registry import RECEIVED


def import_bank(*, office: Office, data: bytes, file: AbstractContextManager[Import]) -> Report:
    """Import a bank file: statements that balance are taken whole, the others refused whole.

    Raises DomainError: unreadable file, same file twice; RefusedFile when no statement can be taken.
    """
    bank = read_bank(data)
    report = _read(bank)
    good = [s for s in bank.statements if not s.refused]
    if not good:
        reason = next((s.refused for s in bank.statements), "aucun relevé")
        raise RefusedFile(report, f"Relevé refusé en entier : {reason}. Rien n'a été importé.")
    with file as batch:
        batch.dated_on = max((s.ends_on for s in good if s.ends_on), default=None)
        taken = take(office, batch, bank, report)
        ImportReject.objects.bulk_create(
            ImportReject(batch=batch, line=max(line, 0), reason_fr=reason[:300])
            for line, reason in report.errors
        )
        report.details = {
            "format": bank.format,
            "statements": len(good),
            "matched": taken.posted,
            "returned_debits": taken.returned,
            "to_match": taken.to_match,
            "already_posted": taken.already,
        }
        report.import_id = batch.pk
        report.account_ids = sorted(taken.account_ids)
        close_batch(batch, report, extra={"accounts": sorted({s.account for s in good})})
    return report


def received(office: Office, first: date, last: date) -> pl.DataFrame:
    """Payments and rejets that a bank file posted and nobody cancelled, booked from `first` to `last`."""
    rows = (
        BankTransaction.objects.filter(
            office=office, booked_on__range=(first, last), entry__import_id=F("batch_id")
        )
        .exclude(entry__reversed_by__kind=EntryKind.ANNULATION)
        .values_list(
            "entry_id", "entry__account_id", "entry__kind", "entry__amount_cents", "booked_on",
            "entry__reference",
        )
    )  # fmt: skip
    return pl.DataFrame(list(rows), schema=RECEIVED, orient="row")


def _read(bank: BankFile) -> Report:
    """The report before anything is posted: refused statements and lines outside any statement."""
    report = Report("bank", warnings=list(bank.warnings))
    refused = [(s.line, s.refused) for s in bank.statements if s.refused]
    unbooked = [(u.line, u.reason_fr) for s in bank.statements for u in s.unbooked]
    report.errors = sorted({*refused, *unbooked, *bank.orphans})
    for statement in bank.statements:
        report.warnings += [] if statement.refused else statement.warnings
        report.tell(len(statement.lines), sum(abs(line.amount_cents) for line in statement.lines))
        if statement.refused:
            for line in statement.lines:
                report.count("rejected", line.amount_cents)
            if not (statement.lines or statement.unbooked):
                report.tell(1, 0)
                report.count("rejected", 0)
        for one in statement.unbooked:
            report.tell(one.rows, abs(one.cents))
            report.count("rejected", one.cents, one.rows)
    for _ in bank.orphans:
        report.tell(1, 0)
        report.count("rejected", 0)
    return report
