"""How a source's columns become ours: saved per source, guessed from headers, or given as a file.

A mapping file (YAML or JSON):

    columns:   {compte: "N° Compte", date_piece: "Date Pièce", montant: "Montant (€)", type: Code}
    constants: {date_arrete: 31/10/2026}
    values:    {type: {QUIT: quittance, PRLV: encaissement}}
    amount_sign: debit       # a positive `montant` is a debit (default) or a credit
    quittances_net: false    # true when quittances are already net of aid
    date_order: day          # day or month first; without it, judged on each whole column
    hidden: read             # read or skip the hidden rows and sheets of a workbook; without it, asked
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import polars as pl

from amiable.domain.errors import DomainError
from amiable.domain.text.loading import Unreadable, read_json, read_yaml
from amiable.intake.date_orders import Order
from amiable.intake.lists.spec import ListSpec
from amiable.intake.readers.table import LINE, Table, normalise

_KEYS = {"columns", "constants", "values", "amount_sign", "quittances_net", "date_order", "hidden"}


@dataclass(frozen=True)
class Mapping:
    """Canonical field -> source column, constants, code tables, and what a signed amount means."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    amount_sign: Literal["debit", "credit"] = "debit"
    quittances_net: bool = False
    #: What the officer said of the file's dates; None: each column is judged.
    date_order: Order | None = None
    #: Whether hidden rows and sheets count; None: it is asked.
    hidden: Literal["read", "skip"] | None = None

    def as_dict(self) -> dict[str, Any]:
        """What is saved with the source and written to a file."""
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "values": {k: dict(v) for k, v in self.values.items()},
            "amount_sign": self.amount_sign,
            "quittances_net": self.quittances_net,
            "date_order": self.date_order,
            "hidden": self.hidden,
        }


def _wrong(message: str) -> DomainError:
    return DomainError("intake.mapping", f"{message} Rien n'a été importé.")


def from_dict(raw: object, spec: ListSpec) -> Mapping:
    """A checked mapping for `spec`. Accepts `{field: header}` alone for the simple case.

    Raises DomainError: unknown field, unknown key, wrong shape.
    """
    if not isinstance(raw, AnyMapping):
        raise _wrong("La correspondance doit être un objet « colonnes attendues : colonnes du fichier ».")
    body: dict[str, Any] = dict(raw) if _KEYS & set(raw) else {"columns": dict(raw)}
    unknown = set(map(str, body)) - _KEYS
    if unknown:
        raise _wrong(f"Correspondance : clé inconnue « {sorted(unknown)[0]} ».")
    columns = _texts(body.get("columns"), "columns")
    constants = _texts(body.get("constants"), "constants")
    values = {
        str(name): _texts(table, f"values.{name}") for name, table in (body.get("values") or {}).items()
    }
    for name in [*columns, *constants, *values]:
        if name not in spec.names:
            raise _wrong(f"Correspondance : champ inconnu « {name} » (attendus : {', '.join(spec.names)}).")
    net = body.get("quittances_net", False)
    if not isinstance(net, bool):
        raise _wrong("Correspondance : quittances_net vaut true ou false.")
    sign: Any = _one_of(body, "amount_sign", ("debit", "credit")) or "debit"
    order: Any = _one_of(body, "date_order", ("day", "month"))
    hidden: Any = _one_of(body, "hidden", ("read", "skip"))
    return Mapping(columns, constants, values, sign, net, order, hidden)


def _one_of(body: dict[str, Any], key: str, allowed: tuple[str, str]) -> str | None:
    value = body.get(key) or None
    if value not in (None, *allowed):
        raise _wrong(f"Correspondance : {key} vaut « {allowed[0]} » ou « {allowed[1]} ».")
    return value


def _texts(raw: object, where: str) -> dict[str, str]:
    if raw is None:
        return {}
    if not isinstance(raw, AnyMapping):
        raise _wrong(f"Correspondance : « {where} » doit être un objet.")
    return {str(k): str(v) for k, v in raw.items() if v is not None and str(v).strip()}


def from_file(data: bytes, spec: ListSpec) -> Mapping:
    """The mapping in a YAML or JSON file. Raises DomainError when unreadable."""
    try:
        is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        raw = read_json(data) if is_json else read_yaml(data)
    except Unreadable as error:
        raise _wrong(
            f"Fichier de correspondance illisible (YAML ou JSON attendu) : {error.reason_fr}."
        ) from error
    return from_dict(raw, spec)


def guess(table: Table, spec: ListSpec, saved: Mapping | None = None) -> Mapping:
    """`saved` where it speaks and its columns exist, the best guess from headers elsewhere."""
    base = saved or Mapping()
    by_name = {normalise(h): h for h in reversed(table.header)}
    columns: dict[str, str] = {}
    for name, source in base.columns.items():
        found = source if source in table.header else by_name.get(normalise(source))
        if found is None:
            raise _wrong(f"La colonne « {source} » de la correspondance n'est pas dans le fichier.")
        columns[name] = found
    taken = set(columns.values())
    for item in spec.fields:
        if item.name in columns or item.name in base.constants:
            continue
        if item.name == "montant" and {"debit", "credit"} & set(columns):
            continue  # a running total beside debit and credit is not an amount
        for synonym in item.all_names:
            header = by_name.get(synonym)
            if header is not None and header not in taken:
                columns[item.name] = header
                taken.add(header)
                break
    constants = dict(base.constants)
    found_above = spec.constants_from_titles(table.titles)
    said_elsewhere = [spec.constants_from_titles(titles) for titles in table.other_titles]
    if not found_above.keys() <= {*columns, *constants} and any(
        said != found_above for said in said_elsewhere
    ):
        raise _wrong("Les feuilles n'ont pas la même date au-dessus de leur en-tête : importez-les à part.")
    for name, value in found_above.items():
        if name not in columns:
            constants.setdefault(name, value)
    return replace(base, columns=columns, constants=constants)


def apply(table: Table, mapping: Mapping, spec: ListSpec) -> pl.DataFrame:
    """LINE and one String column per field of `spec` (null where the source has none).

    Raises DomainError when a required field has neither column nor constant.
    """
    missing = [
        item.name
        for item in spec.fields
        if item.required and item.name not in mapping.columns and item.name not in mapping.constants
    ]
    missing += spec.missing_alternatives(set(mapping.columns) | set(mapping.constants))
    if missing:
        raise DomainError(
            "intake.missing_columns",
            f"Colonnes manquantes : {', '.join(missing)}. Colonnes lues : {', '.join(table.header[:30])}. "
            "Rien n'a été importé.",
        )
    return table.frame.select(
        LINE,
        *[
            pl.col(mapping.columns[item.name]).alias(item.name)
            if item.name in mapping.columns
            else pl.lit(mapping.constants.get(item.name), dtype=pl.String).alias(item.name)
            for item in spec.fields
        ],
    )


def unknown_codes(table: Table, mapping: Mapping, spec: ListSpec) -> dict[str, list[str]]:
    """Codes the source uses that no table translates, by field: what the mapping screen asks about."""
    asked: dict[str, list[str]] = {}
    for item in spec.fields:
        header = mapping.columns.get(item.name)
        if not item.codes or header is None:
            continue
        known = {normalise(k) for k in item.codes} | {normalise(k) for k in mapping.values.get(item.name, {})}
        distinct = table.frame[header].drop_nulls().unique().sort().head(200).to_list()
        unknown = [c for c in distinct if normalise(c) not in known]
        if unknown:
            asked[item.name] = unknown[:30]
    return asked
