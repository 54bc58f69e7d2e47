"""The legal export of a closed year, beside its description; each export is noted in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from amiable.books.models import Close
from amiable.books.projecting import project, stored
from amiable.core.frames import Types, read
from amiable.core.journal import record
from amiable.core.models import Office, User
from amiable.domain.books import fec
from amiable.domain.books.chart import RESULT, RESULT_CLASSES, charts_of, journals, labels_of
from amiable.domain.books.numbers import numbered
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import LABELS_FR

_WORDS: Types = {"entry_id": pl.Int64, "kind": pl.Int8, "reference": pl.String, "period": pl.Date}
_NAMES: Types = {"auxiliary_id": pl.Int64, "ref": pl.String, "last": pl.String, "first": pl.String}
_DESCRIPTION = """Fichier des écritures comptables, article A47 A-1 du livre des procédures fiscales.
Export partiel : créances des débiteurs et comptes qui leur répondent, tenus par un livre auxiliaire.
Codage UTF-8, sans marque ; champs séparés par une tabulation, lignes par CR LF ; 18 colonnes.
Dates AAAAMMJJ ; montants en euros, virgule décimale ; le numéro d’une écriture commence par son journal.
Journaux : {journals}.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """The file written, its lines and its SHA-256."""

    path: Path
    lines: int
    digest: str


def export_fec(*, office: Office, year: int, folder: Path, actor: User | None) -> Exported:
    """Write the year's file in `folder`. Raises DomainError when a month is open or the office has no SIREN.

    The same year gives the same bytes, whatever came since.
    """
    project()
    if not office.siren:
        raise DomainError("books.no_siren", "Le SIREN de l’organisme manque : indiquez-le dans les réglages.")
    validated = _validated(office, year)
    data = fec.written(_rows(office, year, validated))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / fec.file_name(office.siren, year)
    path.write_bytes(data)
    said = ", ".join(f"{code} {name}" for code, name in journals().items())
    (folder / "description.txt").write_text(_DESCRIPTION.format(journals=said), encoding="utf-8")
    made = Exported(path, data.count(b"\r\n") - 1, sha256(data).hexdigest())
    told = {"year": year, "lines": made.lines, "sha256": made.digest}
    record("books.exported", office=office, actor=actor, data=told)
    return made


def _validated(office: Office, year: int) -> pl.DataFrame:
    """month, closed_on: of every month of the year, all closed."""
    rows = list(Close.objects.filter(office=office, period__year=year).values_list("period", "closed_on"))
    if not rows or max(rows)[0].month != 12:
        raise DomainError(
            "books.year_open", f"L’exercice {year} n’est pas clos : tous ses mois doivent l’être d’abord."
        )
    return pl.DataFrame(rows, schema={"month": pl.Date, "closed_on": pl.Date}, orient="row")


def _rows(office: Office, year: int, validated: pl.DataFrame) -> pl.DataFrame:
    made = stored(office, date(year, 12, 31))
    own = numbered(made.filter(pl.col("booked_on").dt.year() == year)).with_columns(
        month=pl.col("booked_on").dt.truncate("1mo")
    )
    own = own.join(validated, on="month", how="left").join(_words(office), on="entry_id", how="left")
    opening = _opening(office, made.filter(pl.col("booked_on").dt.year() < year), year, validated)
    rows = pl.concat([opening, _told(own)]).join(_names(office), on="auxiliary_id", how="left")
    return _columns(rows.sort("rank", "number", "place"), office.kind)


def _told(own: pl.DataFrame) -> pl.DataFrame:
    """The year's lines, with their piece and their label in plain words."""
    kinds = {int(kind): text for kind, text in LABELS_FR.items()}
    month = pl.col("period").dt.strftime(" %m/%Y").fill_null("")
    late = pl.when(pl.col("value_on") < pl.col("month")).then(
        pl.col("value_on").dt.strftime(", date réelle %d/%m/%Y")
    )
    return own.select(
        "number",
        "place",
        "journal",
        "account_code",
        "auxiliary_id",
        "booked_on",
        "debit_cents",
        "credit_cents",
        rank=pl.lit(1, pl.Int8),
        piece=pl.coalesce(_filled("reference"), "E" + pl.col("entry_id").cast(pl.String)),
        piece_on=pl.col("value_on"),
        label=pl.col("kind").replace_strict(kinds, return_dtype=pl.String) + month + late.fill_null(""),
        validated_on="closed_on",
    ).select(*_ORDER)


def _filled(name: str) -> pl.Expr:
    """The text once plain; null when nothing is left, or a bare dash."""
    plain = fec.plain_column(name)
    return pl.when(plain.is_in(["", "-"])).then(None).otherwise(plain)


def _opening(office: Office, before: pl.DataFrame, year: int, validated: pl.DataFrame) -> pl.DataFrame:
    """Every account of classes 1 to 5, auxiliary by auxiliary, and the result of the years before (T79)."""
    result = charts_of(office.kind)[0].roles[RESULT]
    ended = pl.col("account_code").str.slice(0, 1).is_in(list(RESULT_CLASSES))
    sums = (
        before.with_columns(account_code=pl.when(ended).then(pl.lit(result)).otherwise("account_code"))
        .group_by("account_code", "auxiliary_id")
        .agg(gap=(pl.col("debit_cents") - pl.col("credit_cents")).sum())
        .filter(pl.col("gap") != 0)
        .sort("account_code", "auxiliary_id")
    )
    first = date(year, 1, 1)
    return (
        sums.with_row_index("place", offset=1)
        .select(
            "place",
            "account_code",
            "auxiliary_id",
            number=pl.lit("AN-00000001"),
            journal=pl.lit("AN"),
            booked_on=pl.lit(first),
            debit_cents=pl.col("gap").clip(lower_bound=0),
            credit_cents=(-pl.col("gap")).clip(lower_bound=0),
            rank=pl.lit(0, pl.Int8),
            piece=pl.lit(f"AN{year}"),
            piece_on=pl.lit(first),
            label=pl.lit(f"À nouveaux {year}"),
            validated_on=pl.lit(validated["closed_on"].min()),
        )
        .select(*_ORDER)
    )


#: Columns of both parts of the file, in one order.
_ORDER = (
    pl.col("number"), pl.col("place").cast(pl.Int64), pl.col("journal"), pl.col("account_code"),
    pl.col("auxiliary_id"), pl.col("booked_on"), pl.col("debit_cents"), pl.col("credit_cents"),
    pl.col("rank"), pl.col("piece"), pl.col("piece_on"), pl.col("label"), pl.col("validated_on"),
)  # fmt: skip


def _columns(rows: pl.DataFrame, creditor: str) -> pl.DataFrame:
    """The eighteen columns, as text."""
    labels = {code: fec.plain(text, code) for code, text in labels_of(creditor).items()}
    name = pl.concat_str(pl.col("last").fill_null(""), pl.lit(" "), pl.col("first").fill_null(""))
    rows = rows.with_columns(aux_label=name)
    aux = pl.col("auxiliary_id").is_not_null()
    values = {
        "JournalCode": pl.col("journal"),
        "JournalLib": pl.col("journal").replace_strict(dict(journals()), return_dtype=pl.String),
        "EcritureNum": pl.col("number"),
        "EcritureDate": fec.day("booked_on"),
        "CompteNum": pl.col("account_code"),
        "CompteLib": pl.col("account_code").replace_strict(labels, return_dtype=pl.String),
        "CompAuxNum": pl.when(aux).then(fec.plain_column("ref")).otherwise(pl.lit("")),
        "CompAuxLib": pl.when(aux)
        .then(pl.coalesce(_filled("aux_label"), fec.plain_column("ref")))
        .otherwise(pl.lit("")),
        "PieceRef": pl.col("piece"),
        "PieceDate": fec.day("piece_on"),
        "EcritureLib": fec.plain_column("label"),
        "Debit": fec.amount("debit_cents"),
        "Credit": fec.amount("credit_cents"),
        "EcritureLet": pl.lit(""),
        "DateLet": pl.lit(""),
        "ValidDate": fec.day("validated_on"),
        "Montantdevise": pl.lit(""),
        "Idevise": pl.lit(""),
    }
    return rows.select(**values)


def _words(office: Office) -> pl.DataFrame:
    columns = {"entry_id": "e.id", "kind": "e.kind", "reference": "e.reference", "period": "e.period"}
    tail = (
        "FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id "
        f"WHERE a.office_id = {int(office.pk)}"
    )
    return read(columns, tail, _WORDS)


def _names(office: Office) -> pl.DataFrame:
    columns = {"auxiliary_id": "a.id", "ref": "a.ref", "last": "p.last_name", "first": "p.first_name"}
    tail = (
        "FROM ledger_account a JOIN parties_person p ON p.id = a.person_id "
        f"WHERE a.office_id = {int(office.pk)}"
    )
    return read(columns, tail, _NAMES)
