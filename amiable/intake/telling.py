"""Rows of a movements list that are money known already: by an earlier list, or by a bank file.

A row is known by its number or by all its words; money that the bank told is known by the identity of
movements (`domain.bank.identity`), one for one. What cannot be decided waits for an officer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl
from django.db.models.functions import Coalesce

from amiable.accounts.models import Account
from amiable.core.models import Office
from amiable.domain.bank.identity import DOUBT_DAYS, LIST, Memory, Outcome, Telling
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.intake.models import Import, ToldRow
from amiable.intake.people import chunks
from amiable.intake.readers.table import LINE, places_fr
from amiable.intake.registry import received
from amiable.ledger import bulk
from amiable.ledger.models import Entry

#: Kinds that a bank file tells too.
BANK_KINDS = (EntryKind.ENCAISSEMENT, EntryKind.REJET)
#: Two rows of one number so many days apart are two rows: their number identifies nothing.
APART_DAYS = 20
#: References shown one by one in a warning.
SHOWN = 20
_ALIKE = pl.lit("ligne identique d'une liste précédente").alias("reason")
_BANK = "déjà dit par la banque"
_PAIRS = {LINE: pl.Int64, "entry_id": pl.Int64, "reason": pl.String}


@dataclass
class Told:
    """`same`, `doubts`: LINE, entry_id (null: another row of the file), reason; `waiting`: rows in doubt."""

    rows: pl.DataFrame
    same: pl.DataFrame
    doubts: pl.DataFrame
    warnings: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> pl.DataFrame:
        """Rows in doubt."""
        return self.rows.join(self.doubts.select(LINE), on=LINE, how="semi", maintain_order="left")

    @property
    def kept(self) -> pl.DataFrame:
        """Rows in doubt, and those the bank told: an officer may say that they are others."""
        told = self.same.filter(pl.col("reason").str.starts_with(_BANK)).select(LINE)
        lines = pl.concat([self.doubts.select(LINE), told])
        return self.rows.join(lines, on=LINE, how="semi", maintain_order="left")


def sort_out(office: Office, rows: pl.DataFrame) -> tuple[pl.DataFrame, Told]:
    """The rows nobody told before, and the others."""
    told = Told(rows, pl.DataFrame(schema=_PAIRS), pl.DataFrame(schema=_PAIRS))
    left = told.rows = _named(office, rows, told)
    left = _twice_in_the_file(left, told)
    left = _told_by_lists(office, left, told)
    left = _told_by_the_bank(office, left, told)
    return left, told


def _take(
    left: pl.DataFrame, told: Told, same: pl.DataFrame, doubts: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Note pairs and give the rows that are left."""
    told.same = pl.concat([told.same, same.select(pl.col(c).cast(t) for c, t in _PAIRS.items())])
    left = left.join(same.select(LINE), on=LINE, how="anti", maintain_order="left")
    if doubts is not None:
        told.doubts = pl.concat([told.doubts, doubts.select(pl.col(c).cast(t) for c, t in _PAIRS.items())])
        left = left.join(doubts.select(LINE), on=LINE, how="anti", maintain_order="left")
    return left


def _named(office: Office, rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """`rows` with `key` on the whole row where the reference identifies none, said aloud."""
    named = rows.filter(pl.col("reference").is_not_null())
    if named.is_empty():
        return rows
    own = pl.DataFrame(
        list(_own_numbers(office, named["account_id"].unique().to_list())),
        schema={"account_id": pl.Int64, "own": pl.String},
        orient="row",
    )
    mine = named.join(own, left_on=["account_id", "reference"], right_on=["account_id", "own"], how="semi")
    several = named.group_by("account_id", "kind", "reference").agg(
        pl.struct("document_on", "period", "amount_cents", "rubric").n_unique().alias("n")
    ).filter(pl.col("n") > 1)  # fmt: skip
    repeated = named.join(several, on=["account_id", "kind", "reference"], how="semi")
    vague = pl.concat([mine.select(LINE), repeated.select(LINE)]).unique()
    if vague.is_empty():
        return rows
    words = named.join(vague, on=LINE, how="semi")["reference"].unique(maintain_order=True)
    shown = ", ".join(f"« {word} »" for word in words.head(SHOWN))
    told.warnings.append(
        f"La référence {shown}{'…' if words.len() > SHOWN else ''} ne distingue pas les lignes "
        f"qui la portent ({vague.height} lignes : numéro de contrat ou de compte, ou dates et "
        f"montants différents) : elle n'est pas utilisée, ces lignes sont reconnues à tout leur contenu."
    )
    is_vague = pl.col(LINE).is_in(vague[LINE].to_list())
    return rows.with_columns(pl.when(is_vague).then("row_key").otherwise("key").alias("key"))


def _own_numbers(office: Office, account_ids: list[int]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for part in chunks(sorted(account_ids)):
        for pk, *numbers in Account.objects.filter(pk__in=part).values_list("pk", "ref", "contract_ref"):
            found += [(pk, number) for number in numbers if number]
    return found


def _twice_in_the_file(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    first = rows.unique(["account_id", "key"], keep="first", maintain_order=True)
    again = rows.join(first.select(LINE), on=LINE, how="anti").select(
        LINE,
        pl.lit(None, pl.Int64).alias("entry_id"),
        pl.lit("même ligne, deux fois dans la liste").alias("reason"),
    )
    return _take(rows, told, again)


def _told_by_lists(office: Office, rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """Rows posted already, by number or by all their words; a number the words contradict says nothing."""
    if rows.is_empty():
        return rows
    pairs = (
        pl.concat([rows.select("account_id", key=k) for k in ("ref_key", "row_key")]).drop_nulls().unique()
    )
    known = pl.concat([bulk.known(pairs), _paired_before(office, rows)], how="diagonal_relaxed")
    if known.is_empty():
        return rows
    banks = Import.objects.filter(office=office, list_kind="bank").values_list("pk", flat=True)
    posted = known.rename({"amount_cents": "k_cents", "document_on": "k_on", "period": "k_period"})
    hits = rows.join(posted, left_on=["account_id", "ref_key"], right_on=["account_id", "key"], how="inner")
    gap = (pl.col("document_on") - pl.col("k_on")).dt.total_days().abs()
    periods = pl.col("period").dt.month_start() != pl.col("k_period").dt.month_start()
    alike = (pl.col("amount_cents") == pl.col("k_cents")) & ~periods.fill_null(False)
    same = hits.filter(alike & ((gap == 0) | pl.col("import_id").is_in(list(banks)))).unique(
        "entry_id", keep="first", maintain_order=True
    ).unique(LINE, keep="first", maintain_order=True)  # fmt: skip
    said = pl.format("même numéro « {} », même date, même montant", "reference").alias("reason")
    left = _take(rows, told, same.with_columns(said))
    by_row = left.join(posted, left_on=["account_id", "row_key"], right_on=["account_id", "key"]).unique(
        "entry_id", keep="first", maintain_order=True
    ).filter(pl.col("key") == pl.col("row_key")).with_columns(_ALIKE)  # fmt: skip
    left = _take(left, told, by_row)
    against = hits.join(left.filter(pl.col("key") == pl.col("ref_key")).select(LINE), on=LINE, how="semi")
    apart = against.filter(periods.fill_null(False) | (gap >= APART_DAYS))
    doubts = against.join(apart.select(LINE), on=LINE, how="anti").with_columns(
        pl.format("même numéro « {} », mais date ou montant différent", "reference").alias("reason")
    ).unique(LINE, keep="first", maintain_order=True)  # fmt: skip
    if apart.height:
        lines = places_fr(apart[LINE].unique().sort().to_list(), SHOWN)
        told.warnings.append(
            f"{apart[LINE].n_unique()} ligne(s) portent un numéro déjà connu à une autre date ou pour une "
            f"autre période : ce numéro ne distingue pas les lignes, elles sont gardées ({lines})."
        )
    left = _take(left, told, doubts.clear(), doubts)
    moved = pl.col(LINE).is_in(apart[LINE].to_list())
    return _by_row_again(
        left.with_columns(pl.when(moved).then("row_key").otherwise("key").alias("key")), posted, apart, told
    )


def _by_row_again(left: pl.DataFrame, posted: pl.DataFrame, apart: pl.DataFrame, told: Told) -> pl.DataFrame:
    """Rows whose number was just set aside may be known by all their words."""
    again = left.join(apart.select(LINE).unique(), on=LINE, how="semi").join(
        posted, left_on=["account_id", "row_key"], right_on=["account_id", "key"]
    )
    return _take(left, told, again.unique(LINE, keep="first", maintain_order=True).with_columns(_ALIKE))


def _paired_before(office: Office, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of lists that were recognised, or that wait, as postings: the same row again is known."""
    days = (rows["document_on"].min(), rows["document_on"].max())
    found = ToldRow.objects.filter(office=office, document_on__range=days)
    return pl.DataFrame(
        list(
            found.values_list(
                "account_id",
                "key",
                "amount_cents",
                Coalesce("posted", "entry"),
                "document_on",
                "period",
                Coalesce("posted__import_id", "entry__import_id"),
            )
        ),
        schema=bulk.known(pl.DataFrame()).schema,
        orient="row",
    )


def _told_by_the_bank(office: Office, rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """Payments and rejets that a bank file posted: same account and amount, one for one."""
    asked = rows.filter(pl.col("kind").is_in([int(kind) for kind in BANK_KINDS]))
    if asked.is_empty():
        return rows
    bank = _bank_entries(office, asked)
    places = ["account_id", "kind", "amount_cents"]
    asked = asked.join(bank.select(places).unique(), on=places, how="semi", maintain_order="left")
    if asked.is_empty():
        return rows
    memory: Memory[int] = Memory()
    own = set(_own_numbers(office, asked["account_id"].unique().to_list()))
    entries = set()
    for entry, account, kind, cents, on, reference in bank.iter_rows():
        entries.add(entry)
        sure = reference if (account, reference) not in own else ""
        memory.remember(entry, Telling(f"banque {kind}", on, cents, account=account, end_to_end=sure))
    for row in _known_rows(entries):
        memory.remember(
            row.entry_id, _row_telling(row.document_on, row.amount_cents, row.account_id, row.reference)
        )
    vague = asked["key"] == asked["row_key"]
    tellings = [
        _row_telling(on, cents, account, "" if blank else reference or "")
        for on, cents, account, reference, blank in zip(
            *(asked[c] for c in ("document_on", "amount_cents", "account_id", "reference")),
            vague,
            strict=True,
        )
    ]
    pairs: dict[Outcome, list[tuple[int, int, str]]] = {Outcome.SAME: [], Outcome.WAITS: []}
    for line, verdict in zip(asked[LINE], memory.recognise(tellings), strict=True):
        if verdict.known is not None:
            pairs[verdict.outcome].append((line, verdict.known, f"{_BANK} : {verdict.reason_fr}"))
    frames = {o: pl.DataFrame(found, schema=_PAIRS, orient="row") for o, found in pairs.items()}
    if frames[Outcome.SAME].height:
        lines = places_fr(frames[Outcome.SAME][LINE].sort().to_list(), SHOWN)
        told.warnings.append(
            f"{frames[Outcome.SAME].height} ligne(s) déjà reçue(s) par un relevé bancaire, comptées comme "
            f"doublons ({lines})."
        )
    return _take(rows, told, frames[Outcome.SAME], frames[Outcome.WAITS])


def _row_telling(on: date, cents: int, account: int, reference: str) -> Telling:
    return Telling(LIST, on, cents, account=account, reference=reference)


def _bank_entries(office: Office, asked: pl.DataFrame) -> pl.DataFrame:
    """What bank files posted near these rows, and wherever one bears the reference of another."""
    far = timedelta(days=DOUBT_DAYS)
    first, last = asked["document_on"].min(), asked["document_on"].max()
    near = received(office, first - far, last + far)  # type: ignore[operator, arg-type]
    named = bulk.by_reference(asked.filter(pl.col("reference").is_not_null()))
    named = named.filter(pl.col("kind").is_in([int(kind) for kind in BANK_KINDS]))
    banks = set(Import.objects.filter(office=office, list_kind="bank").values_list("pk", flat=True))
    mine: list[int] = []
    for part in chunks(named["entry_id"].to_list()):
        rows = Entry.objects.filter(pk__in=part).exclude(reversed_by__kind=EntryKind.ANNULATION)
        mine += [pk for pk, batch in rows.values_list("pk", "import_id") if batch in banks]
    wherever = named.filter(pl.col("entry_id").is_in(mine)).rename({"document_on": "booked_on"})
    return pl.concat([near, wherever.select(near.columns)]).unique("entry_id", maintain_order=True)


def _known_rows(entries: set[int]) -> list[ToldRow]:
    found: list[ToldRow] = []
    for part in chunks(sorted(entries)):
        found += ToldRow.objects.filter(entry_id__in=part, status=ToldRow.Status.SAME)
    return found


def keep(office: Office, import_id: int, told: Told, prepared: pl.DataFrame) -> None:
    """Remember the rows paired with what the bank told, and those that wait. `prepared`: `told.kept`, as
    they would be posted apart."""
    pairs = [(told.same, ToldRow.Status.SAME), (told.doubts, ToldRow.Status.WAITS)]
    bodies = {row[LINE]: _body(row) for row in prepared.iter_rows(named=True)}
    rows = {
        row[LINE]: row
        for row in told.rows.join(
            pl.concat([told.same, told.doubts]).filter(pl.col("entry_id").is_not_null()).select(LINE), on=LINE
        ).iter_rows(named=True)
    }
    kept = [
        ToldRow(
            office=office, batch_id=import_id, line=line, status=status, account_id=rows[line]["account_id"],
            entry_id=entry, key=rows[line]["key"], kind=rows[line]["kind"],
            document_on=rows[line]["document_on"], period=rows[line]["period"],
            amount_cents=rows[line]["amount_cents"], reference=(rows[line]["reference"] or "")[:80],
            reason_fr=reason[:200], row=bodies.get(line, {}),
        )
        for frame, status in pairs
        for line, entry, reason in frame.iter_rows()
        if entry is not None and (status == ToldRow.Status.WAITS or reason.startswith(_BANK))
    ]  # fmt: skip
    ToldRow.objects.bulk_create(kept, batch_size=2000)


def _body(row: dict[str, object]) -> dict[str, object]:
    wanted = (*bulk.ENTRY_SCHEMA, "heading", "text")
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items() if k in wanted}
