"""From a file's bytes to checked rows, whatever the list and its layout. No database here."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from amiable.domain.errors import DomainError
from amiable.intake import mapping as mappings
from amiable.intake.lists import accounts, movements, snapshot, titres
from amiable.intake.lists.spec import Checked, ListSpec
from amiable.intake.mapping import Mapping
from amiable.intake.readers.delimited import read_delimited
from amiable.intake.readers.kinds import refuse_other_kinds
from amiable.intake.readers.table import LINE, Table
from amiable.intake.readers.xlsx import is_workbook, read_xlsx

SPECS: dict[str, ListSpec] = {s.code: s for s in (accounts.SPEC, titres.SPEC, movements.SPEC, snapshot.SPEC)}
LABELS_FR = {**{code: spec.label_fr for code, spec in SPECS.items()}, "bank": "Relevé bancaire"}

#: Larger files are cut by their sender; beyond, memory is no longer bounded.
MAX_FILE_BYTES = 600_000_000


@dataclass(frozen=True)
class ListRules:
    """What the creditor's kind and the office's policy say about a list."""

    natures: Collection[str] = ()
    titre_due_days: int = 0
    principal_budget: str = "BP"


@dataclass(frozen=True)
class ParsedList:
    """A list read and checked: what a preview shows and a commit posts."""

    spec: ListSpec
    table: Table
    mapping: Mapping
    checked: Checked

    @property
    def errors(self) -> pl.DataFrame:
        """LINE, reason of every row refused so far, by line."""
        broken = [(line, reason) for line, reason, _ in self.table.broken]
        frame = pl.DataFrame(broken, schema={LINE: pl.Int64, "reason": pl.String}, orient="row")
        return pl.concat([self.checked.errors, frame]).sort(LINE)


def file_hash(data: bytes) -> str:
    """SHA-256 of the file: what makes a second import of it impossible."""
    return hashlib.sha256(data).hexdigest()


def looks_like_header(cell: str) -> bool:
    """A word without figures: how a header of unknown names is found, for a person to match."""
    return any(c.isalpha() for c in cell) and not any(c.isdigit() for c in cell)


def read_any_table(data: bytes, spec: ListSpec, mapping: Mapping | None = None) -> Table:
    """Like `read_table`, but a header none of whose names is known is taken by its looks."""
    try:
        return read_table(data, spec, mapping)
    except DomainError as error:
        if error.code != "intake.no_header":
            raise
    return (
        read_xlsx(data, looks_like_header) if is_workbook(data) else read_delimited(data, looks_like_header)
    )


def read_table(data: bytes, spec: ListSpec, mapping: Mapping | None = None) -> Table:
    """The table in `data`, CSV or XLSX. Raises DomainError when it is none."""
    if len(data) > MAX_FILE_BYTES:
        raise DomainError("intake.too_big", "Fichier de plus de 600 Mo : découpez-le. Rien n'a été importé.")
    refuse_other_kinds(data)
    recognise = spec.recogniser(list(mapping.columns.values()) if mapping else ())
    return read_xlsx(data, recognise) if is_workbook(data) else read_delimited(data, recognise)


def parse(
    data: bytes, list_kind: str, mapping: Mapping | None = None, *, net: bool = False, rules: ListRules
) -> ParsedList:
    """Read and check one list. `net`: the source's quittances are net of aid, whatever the mapping says.

    Raises DomainError when the file as a whole cannot be read (nothing to list row by row).
    """
    spec = SPECS[list_kind]
    table = read_table(data, spec, mapping)
    complete = mappings.guess(table, spec, mapping)
    if net and not complete.quittances_net:
        complete = replace(complete, quittances_net=True)
    if table.frame.is_empty() and not table.broken:
        raise DomainError("intake.no_rows", "Le fichier ne contient aucune ligne. Rien n'a été importé.")
    table = _without_hidden(table, complete)
    checked = _check(table, complete, list_kind, rules)
    said = replace(checked, warnings=[*table.notes, *checked.warnings])
    return ParsedList(spec, table, complete, said)


def _without_hidden(table: Table, mapping: Mapping) -> Table:
    """`table` with its hidden rows or without them, as the officer said; asked otherwise."""
    if not table.hidden:
        return table
    if mapping.hidden is None:
        raise DomainError(
            "intake.hidden",
            f"Le classeur a des lignes masquées : {table.hidden_fr}. Faut-il les lire ? Affichez-les ou "
            "supprimez-les, ou dites-le dans la correspondance (hidden : read ou skip). Rien n'a été "
            "importé.",
        )
    if mapping.hidden == "read":
        return replace(table, notes=[*table.notes, f"Lignes masquées lues : {table.hidden_fr}."])
    note = f"Lignes masquées laissées de côté : {table.hidden_fr}."
    shown = table.frame.filter(~pl.col(LINE).is_in(table.hidden))
    return replace(table, frame=shown, hidden=[], notes=[*table.notes, note])


def _check(table: Table, mapping: Mapping, list_kind: str, rules: ListRules) -> Checked:
    if list_kind == "movements":
        return movements.check(table, mapping)
    if list_kind == "snapshot":
        return snapshot.check(table, mapping)
    if list_kind == "accounts":
        return accounts.check(table, mapping)
    return titres.check(
        table, mapping, natures=rules.natures, due_days=rules.titre_due_days, budget=rules.principal_budget
    )
