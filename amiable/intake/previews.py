"""What an import would do, worked out once when its file is brought or its columns are chosen, and kept.

A page that shows it reads nothing but this: no file is read again, nothing is tried again.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import OperationalError

from amiable.domain.errors import DomainError
from amiable.intake import queries, tasks
from amiable.intake.batches import Report
from amiable.intake.contents import propose
from amiable.intake.mapping import guess
from amiable.intake.models import Import
from amiable.intake.reading import SPECS, read_any_table
from amiable.intake.services import RefusedFile, read_list

#: A file up to this size is tried at once; a larger one when it is imported.
TRY_BYTES = 12_000_000
#: The file can be read: what is asked is an answer, not another file.
ASKED = ("intake.no_header", "intake.missing_columns", "intake.hidden", "intake.date_order")


def keep(batch: Import, *, today: date) -> None:
    """Work out the preview of a waiting file and keep it in its report."""
    found = _preview(Import.objects.select_related("office", "created_by").get(pk=batch.pk), today)
    Import.objects.filter(pk=batch.pk, status=Import.Status.PREVIEW).update(
        report={**batch.report, "preview": found}
    )


def _preview(batch: Import, today: date) -> dict[str, Any]:
    """First rows, columns and codes to match, and the figures of the import: plain values only."""
    found: dict[str, Any] = {"problem": "", "asked": ""}
    try:
        data = tasks.content(batch)
        if batch.list_kind in SPECS:
            found |= _columns(batch, data, today)
        if len(data) <= TRY_BYTES and not found["problem"] and not found["asked"]:
            found["tried"] = _told(tasks.run(batch, actor=batch.created_by, dry_run=True), batch)
    except RefusedFile as refused:
        found |= {"refused": _told(refused.report, batch), "problem": refused.message_fr}
    except DomainError as error:
        found["problem"] = error.message_fr
    except OperationalError:
        # SQLite has one writer: a long import holds it, the figures will come with this file's own import.
        found["busy"] = True
    return found


def _told(report: Report, batch: Import) -> dict[str, Any]:
    """The report as the page shows it."""
    shown = report.rejects[: queries.SHOWN_REJECTS]
    return {
        "accepted": report.accepted,
        "rejected": report.rejected,
        "duplicates": report.duplicates,
        "debit_cents": report.debit_cents,
        "credit_cents": report.credit_cents,
        "warnings": report.warnings,
        "details": report.details,
        "errors": queries.with_names(batch.office, report.columns, shown)
        if shown
        else [[line, reason, "", ""] for line, reason in report.errors[: queries.SHOWN_REJECTS]],
    }


def _columns(batch: Import, data: bytes, today: date) -> dict[str, Any]:
    """The columns as they are matched, and what is still asked of the person."""
    spec, chosen = SPECS[batch.list_kind], tasks.pending_mapping(batch)
    table = read_any_table(data, spec, chosen)
    asked = problem = ""
    try:
        mapping = read_list(
            office=batch.office,
            list_kind=batch.list_kind,
            data=data,
            today=today,
            source=batch.report.get("source") or None,
            mapping=chosen,
        ).mapping
    except DomainError as error:
        if error.code == "intake.no_header":
            asked = (
                "Les noms de ces colonnes ne sont pas connus : rapprochez-les ci-dessous, une fois pour "
                "toutes."
            )
        elif error.code in ASKED:
            asked = error.message_fr
        else:
            problem = error.message_fr
        mapping = propose(table, guess(table, spec, chosen), spec)
    return {
        "asked": asked,
        "problem": problem,
        "table": {
            "encoding": table.encoding,
            "sheet": table.sheet,
            "header_line": table.header_line,
            "hidden_fr": table.hidden_fr,
        },
        "first_rows": queries.first_rows(table),
        "header": table.header,
        "mapping": mapping.as_dict(),
        "choices": [asdict(choice) for choice in queries.choices(table, mapping, chosen, spec)],
        "codes": [asdict(codes) for codes in queries.codes_to_translate(table, mapping, spec)],
        "has_amount": "montant" in mapping.columns,
    }
