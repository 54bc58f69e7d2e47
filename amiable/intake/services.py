"""Files in: read, checked, previewed, committed. A file is committed whole (its good rows) or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import polars as pl

from amiable.accounts.models import Account
from amiable.core.access import agency_ids, scope
from amiable.core.journal import record
from amiable.core.models import Office, PolicyValue, User
from amiable.domain import creditors
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros
from amiable.intake import accounts, movements, registry, snapshots, titres
from amiable.intake import mapping as mappings
from amiable.intake.batches import RefusedFile, Report, close_batch, whole_file
from amiable.intake.mapping import Mapping
from amiable.intake.models import Import, ImportReject, ImportSource
from amiable.intake.movements import Posted
from amiable.intake.people import chunks
from amiable.intake.readers.table import LINE
from amiable.intake.reading import LABELS_FR, SPECS, ListRules, ParsedList, parse
from amiable.intake.refresh import refresh_positions
from amiable.intake.telling import Told

#: Credits so many times the debits raise an alarm.
ONE_SIDED = 20

__all__ = ["RefusedFile", "Report", "import_list", "read_list", "save_source"]


def list_rules(office: Office, today: date) -> ListRules:
    """What the office's kind and policy say about its lists."""
    kind = creditors.kind(office.kind)
    days = 0
    if "titre_due_days" in kind.policy:
        chosen = PolicyValue.objects.filter(office=office, key="titre_due_days", from_on__lte=today)
        latest = chosen.order_by("-from_on", "-pk").values_list("value", flat=True).first()
        days = int(latest if latest is not None else kind.policy["titre_due_days"].value)
    return ListRules(tuple(kind.natures), days, office.principal_budget)


def check_list_kind(office: Office, list_kind: str) -> None:
    """Raise DomainError when this kind of creditor receives no such list."""
    kind = creditors.kind(office.kind)
    if list_kind not in kind.lists:
        raise DomainError(
            "intake.wrong_list",
            f"La liste « {LABELS_FR.get(list_kind, list_kind)} » n'existe pas pour un créancier « "
            f"{kind.label} » "
            f"(listes possibles : {', '.join(LABELS_FR[k] for k in kind.lists)}). Rien n'a été importé.",
        )


def source_mapping(office: Office, list_kind: str, name: str | None) -> tuple[Mapping | None, bool]:
    """The mapping saved with a source, and whether its quittances are net of aid."""
    if not name or list_kind not in SPECS:
        return None, False
    source = ImportSource.objects.filter(office=office, name=name, list_kind=list_kind).first()
    if source is None:
        return None, False
    saved = mappings.from_dict(source.mapping, SPECS[list_kind]) if source.mapping else None
    return saved, source.net_of_aid


def save_source(
    *, office: Office, list_kind: str, name: str, mapping: Mapping | None, actor: User | None
) -> ImportSource:
    """Keep a source's mapping for its next list; a source without mapping is guessed each time."""
    source, created = ImportSource.objects.get_or_create(office=office, name=name[:60], list_kind=list_kind)
    body = mapping.as_dict() if mapping else None
    if body is not None and (source.mapping != body or source.net_of_aid != mapping.quittances_net):  # type: ignore[union-attr]
        source.mapping, source.net_of_aid = body, body["quittances_net"]
        source.save(update_fields=["mapping", "net_of_aid"])
        record("source.mapping_saved", office=office, actor=actor, target=source)
    elif created:
        record("source.created", office=office, actor=actor, target=source)
    return source


def read_list(
    *, office: Office, list_kind: str, data: bytes, today: date, source: str | None = None,
    mapping: Mapping | None = None,
) -> ParsedList:  # fmt: skip
    """Read and check a list without writing anything. Raises DomainError when the file cannot be read at
    all.
    """
    check_list_kind(office, list_kind)
    saved, net = source_mapping(office, list_kind, source)
    return parse(
        data, list_kind, mapping or saved, net=net and mapping is None, rules=list_rules(office, today)
    )


def import_list(
    *,
    office: Office,
    list_kind: str,
    data: bytes,
    filename: str,
    actor: User | None,
    today: date,
    source: str | None = None,
    mapping: Mapping | None = None,
    dry_run: bool = False,
    pending: Import | None = None,
) -> Report:
    """Import one list or bank file: all its good rows in one transaction, or nothing.

    `mapping` is kept with `source` when both are given. `pending`: the import the screens prepared. `dry_run`
    does the same work and undoes it, so that its figures are the real ones. The positions of the accounts
    touched are computed again before it returns.
    Raises DomainError: unreadable file, file already imported, no row to take (RefusedFile has the report).
    """
    check_list_kind(office, list_kind)
    file = whole_file(office, list_kind, data, filename, actor, dry_run=dry_run, pending=pending)
    if (take := registry.taker(list_kind)) is not None:
        report = take(office=office, data=data, file=file)
    else:
        parsed = read_list(
            office=office, list_kind=list_kind, data=data, today=today, source=source, mapping=mapping
        )
        report = _import_rows(parsed, file, office, actor, today, source, mapping)
    if not dry_run:
        warning = refresh_positions(office, report.account_ids, today=today)
        report.warnings += [warning] if warning else []
    return report


def _import_rows(
    parsed: ParsedList,
    file: AbstractContextManager[Import],
    office: Office,
    actor: User | None,
    today: date,
    source: str | None,
    mapping: Mapping | None,
) -> Report:
    list_kind = parsed.spec.code
    with file as batch:
        if source:
            batch.source = save_source(
                office=office, list_kind=list_kind, name=source, mapping=mapping, actor=actor
            )
        posted = _post(parsed, office, actor, today, batch)
        report = _report(parsed, posted, batch)
        _refuse_empty(report)
        _close(batch, parsed, report)
    return report


def _post(parsed: ParsedList, office: Office, actor: User | None, today: date, batch: Import) -> Posted:
    good, kind = parsed.checked.good, parsed.spec.code
    if kind == "movements":
        return movements.post(office=office, good=good, net=parsed.mapping.quittances_net, import_id=batch.pk)
    if kind == "snapshot":
        return snapshots.commit(office=office, good=good, batch=batch)
    write = accounts.commit_accounts if kind == "accounts" else titres.commit_titres
    return write(office=office, good=good, actor=actor, today=today, import_id=batch.pk)


def _report(parsed: ParsedList, posted: Posted, batch: Import) -> Report:
    errors = pl.concat([parsed.errors, *posted.errors]).sort(LINE)
    details = dict(posted.details)
    if parsed.checked.skipped:
        details["skipped_totals"] = parsed.checked.skipped
    report = Report(
        list_kind=parsed.spec.code,
        accepted=posted.accepted,
        rejected=errors[LINE].n_unique(),
        duplicates=posted.duplicates,
        debit_cents=posted.debit_cents,
        credit_cents=posted.credit_cents,
        errors=list(errors.iter_rows()),
        warnings=[*parsed.checked.warnings, *posted.warnings],
        details=details,
        import_id=batch.pk,
        account_ids=posted.account_ids,
    )
    report.rejects, report.columns = rejected_rows(parsed, report.errors), parsed.mapping.columns
    if posted.told is not None:
        _place(report, parsed, posted, posted.told)
        report.warnings[:0] = _one_sided(batch.office, report)
    report.warnings += _out_of_sight(batch.created_by, report)
    return report


def _one_sided(office: Office, report: Report) -> list[str]:
    """The alarm of a list that pays debts and makes hardly any: its amounts may be read the wrong way.

    Titres come by their own list: their movements are receipts.
    """
    if "titres" in creditors.kind(office.kind).lists or report.credit_cents <= ONE_SIDED * report.debit_cents:
        return []
    return [
        f"Cette liste inscrirait {euros(report.credit_cents)} de crédits pour {euros(report.debit_cents)} de "
        "débits : si ce n'est pas une liste d'encaissements seuls, vérifiez le sens des montants et les "
        "lignes rejetées avant d'importer."
    ]


def _out_of_sight(actor: User | None, report: Report) -> list[str]:
    """What the author is told when their list touches accounts that they may not see."""
    if actor is None or agency_ids(actor) is None:
        return []
    touched = sorted(set(report.account_ids))
    seen = sum(scope(Account.objects.filter(pk__in=part), actor).count() for part in chunks(touched))
    hidden = len(touched) - seen
    if not hidden:
        return []
    return [
        f"{hidden} compte(s) de cette liste sont dans une agence qui n'est pas la vôtre : vous ne les verrez "
        "pas, leur agence et le responsable du service les verront."
    ]


def _place(report: Report, parsed: ParsedList, posted: Posted, told: Told) -> None:
    """Each row of a movements list is in one place, with its cents; each pair is listed."""
    rows = parsed.checked.good
    refused = pl.concat([parsed.errors, *posted.errors]).select(LINE).unique()
    report.told_rows = pl.concat([rows.select(LINE), refused]).unique().height
    report.duplicates, report.waiting = told.same.height, told.doubts.height
    amounts = rows.select(LINE, cents=pl.col("amount_cents").abs())
    report.cents["told"] = int(amounts["cents"].sum())
    report.cents["accepted"] = posted.debit_cents + posted.credit_cents
    places = (("duplicates", told.same), ("waiting", told.doubts), ("rejected", refused))
    for place, lines in places:
        report.cents[place] = int(amounts.join(lines.select(LINE), on=LINE, how="semi")["cents"].sum())
    for frame, waits in ((told.same, False), (told.doubts, True)):
        paired = frame.join(rows, on=LINE, maintain_order="left")
        wanted = paired.select(LINE, "document_on", "amount_cents", "reason")
        for line, day, cents, reason in wanted.iter_rows():
            report.pair(line=line, day=day, cents=cents, reason=reason, waits=waits)


def _refuse_empty(report: Report) -> None:
    if report.accepted == report.duplicates == report.waiting == 0:
        raise RefusedFile(report, "Aucune ligne du fichier n'a pu être prise : rien n'a été importé.")


def _close(batch: Import, parsed: ParsedList, report: Report) -> None:
    """Write the outcome beside the rows it describes, in the same transaction."""
    ImportReject.objects.bulk_create(
        [
            ImportReject(batch=batch, line=line, reason_fr=reason[:300], row=row)
            for line, reason, row in report.rejects
        ],
        batch_size=2000,
    )
    close_batch(batch, report, extra={"header": parsed.table.header, "mapping": parsed.mapping.as_dict()})


def rejected_rows(parsed: ParsedList, errors: list[tuple[int, str]]) -> list[tuple[int, str, dict[str, Any]]]:
    """(line, reasons, cells by source column) of the rejected rows, so that they can be fixed and imported
    alone.
    """
    reasons: dict[int, str] = {}
    for line, reason in errors:
        reasons[line] = f"{reasons[line]} ; {reason}" if line in reasons else reason
    wanted = list(reasons)
    rows = parsed.table.frame.filter(pl.col(LINE).is_in(wanted)).rows(named=True)
    cells = {row[LINE]: {k: v for k, v in row.items() if k != LINE} for row in rows}
    separator = parsed.table.separator
    for line, _, raw in parsed.table.broken:
        parts = raw.split(separator) if separator else [raw]
        width = len(parsed.table.header)
        kept = [*parts[: width - 1], separator.join(parts[width - 1 :])] if len(parts) > width else parts
        cells[line] = dict(zip(parsed.table.header, kept, strict=False))
    return [(line, reasons[line], cells.get(line, {})) for line in sorted(wanted)]
