"""What the import screens read."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.intake import mapping as mappings
from amiable.intake.lists.spec import ListSpec
from amiable.intake.mapping import Mapping
from amiable.intake.models import Import
from amiable.intake.readers.table import LINE, Table, normalise

#: Source rows shown while columns are matched, and rows shown of what would be posted.
SAMPLE_ROWS = 6
#: Rejected rows shown on the page; all of them are in the file to download.
SHOWN_REJECTS = 200


@dataclass(frozen=True)
class Choice:
    """One field of the list as the mapping screen shows it."""

    name: str
    label: str
    required: bool
    column: str
    constant: str
    guessed: bool
    examples: list[str]


@dataclass(frozen=True)
class Codes:
    """Codes of a column that no table translates, and what each may become."""

    field: str
    label: str
    #: (code of the source, meaning chosen for it or empty)
    codes: list[tuple[str, str]]
    targets: list[str]


def choices(table: Table, mapping: Mapping, chosen: Mapping | None, spec: ListSpec) -> list[Choice]:
    """Every field with the column it takes, and the first values found there."""
    found = []
    for item in spec.fields:
        column = mapping.columns.get(item.name, "")
        examples = table.frame[column].drop_nulls().head(3).to_list() if column else []
        found.append(
            Choice(
                name=item.name,
                label=item.label_fr,
                required=item.required,
                column=column,
                constant=mapping.constants.get(item.name, ""),
                guessed=bool(column) and (chosen is None or item.name not in chosen.columns),
                examples=examples,
            )
        )
    return found


def codes_to_translate(table: Table, mapping: Mapping, spec: ListSpec) -> list[Codes]:
    """The source's own codes that need a meaning, those already given one included."""
    by_name = {f.name: f for f in spec.fields}
    proposed = {f.name: {normalise(k): v for k, v in f.proposals.items()} for f in spec.fields}
    unknown = mappings.unknown_codes(table, mapping, spec)
    return [
        Codes(
            field=name,
            label=by_name[name].label_fr,
            codes=[
                *mapping.values.get(name, {}).items(),
                *((code, proposed[name].get(normalise(code), "")) for code in unknown.get(name, [])),
            ],
            targets=sorted(set(by_name[name].codes.values())),
        )
        for name in by_name
        if unknown.get(name) or mapping.values.get(name)
    ]


def first_rows(table: Table) -> list[list[Any]]:
    """The first source rows, each with its line number first."""
    return [list(row) for row in table.frame.select(LINE, *table.header).head(SAMPLE_ROWS).iter_rows()]


def with_names(
    office: Office, columns: AnyMapping[str, str], rejects: Sequence[tuple[int, str, AnyMapping[str, Any]]]
) -> list[list[Any]]:
    """[line, reason, account, name] of rejected rows; a name the list does not give is the account's own.

    `columns`: our field -> the source's column.
    """

    def cell(row: AnyMapping[str, Any], *fields: str) -> str:
        found = (row.get(columns[name]) for name in fields if name in columns)
        return " ".join(str(value) for value in found if value)

    refs = {cell(row, "compte", "titre") for _, _, row in rejects} - {""}
    named = Account.objects.filter(office=office, ref__in=refs).select_related("person")
    holders = {account.ref: str(account.person) for account in named}
    told = []
    for line, reason, row in rejects:
        ref = cell(row, "compte", "titre")
        told.append([line, reason, ref, cell(row, "nom", "prenom") or holders.get(ref, "")])
    return told


def lists_known(office: Office) -> set[str]:
    """The kinds of lists the office has imported, whoever did."""
    rows = Import.objects.filter(office=office, status=Import.Status.COMMITTED)
    return set(rows.order_by().values_list("list_kind", flat=True).distinct())


def history(rows: Any, limit: int = 60) -> list[Import]:
    """The latest imports of a scoped queryset, with their authors and sources."""
    return list(rows.select_related("created_by", "source").order_by("-created_at", "-pk")[:limit])
