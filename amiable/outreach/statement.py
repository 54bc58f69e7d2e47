"""What a letter says is owed: the unpaid items the engine finds, and the history of an account, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from amiable.accounts.models import Account
from amiable.domain.creditors import kind as natures_of
from amiable.domain.errors import DomainError
from amiable.domain.settlement.allocation import settle
from amiable.domain.settlement.entry_kinds import LABELS_FR, EntryKind
from amiable.domain.settlement.postings import ENTRY_SCHEMA, known_on, postings
from amiable.domain.settlement.prescription import is_prescribed, with_prescription
from amiable.domain.text import french
from amiable.ledger.frozen_parts import b_movements, freezes
from amiable.ledger.models import Entry
from amiable.positions import registry
from amiable.positions.models import AccountPosition
from amiable.procedures.in_force import load_book

MONTHLY = (EntryKind.QUITTANCE, EntryKind.APL, EntryKind.RLS)
Table = dict[str, Any]
#: What stands in the history of part B beside its postings.
OWN_WORDS = {
    "carried": "Versements non affectés à la date de recevabilité",
    "measures": "Versements affectés aux mesures de surendettement",
}


@dataclass(frozen=True)
class Item:
    """One unpaid, due, not frozen item of an account; cents. prescribes_on: the last day to act on it."""

    account_id: int
    entry_id: int
    kind: int
    due_on: date
    month: date | None
    amount_cents: int
    rest_cents: int
    prescribes_on: date | None = None
    is_prescribed: bool = False
    document_on: date | None = None


def entries_frame(account_ids: Sequence[int]) -> pl.DataFrame:
    """The ledger rows of some accounts, in the engine's columns."""
    fields = (
        "pk",
        "account_id",
        "kind",
        "document_on",
        "due_on",
        "period",
        "amount_cents",
        "is_net",
        "reverses_id",
    )
    rows = list(Entry.objects.filter(account_id__in=account_ids).values_list(*fields))
    return pl.DataFrame(rows, schema=ENTRY_SCHEMA, orient="row")


def unpaid_items(accounts: Sequence[Account], as_of: date) -> dict[int, list[Item]]:
    """What may be asked of each account: due, unpaid, oldest first. Part A of a surendettement is left out, a
    letter never mixes it with what came after (SUR-02); so is what is prescribed."""
    owed = owed_items(accounts, as_of)
    return {pk: [item for item in items if not item.is_prescribed] for pk, items in owed.items()}


def owed_items(accounts: Sequence[Account], as_of: date) -> dict[int, list[Item]]:
    """The same, with what is prescribed."""
    ids = [account.pk for account in accounts]
    rows: dict[int, list[Item]] = {pk: [] for pk in ids}
    found = settle(postings(known_on(entries_frame(ids), as_of)), freezes(accounts, as_of)).items
    unpaid = found.filter(pl.col("is_due") & ~pl.col("is_frozen") & (pl.col("rest_cents") > 0))
    if unpaid.is_empty():
        return rows
    told = _with_prescription(unpaid, accounts, as_of).with_columns(is_prescribed=is_prescribed(as_of))
    fields = list(Item.__dataclass_fields__)
    for row in told.sort("account_id", "due_on", "document_on", "entry_id").select(fields).iter_rows():
        rows[row[0]].append(Item(*row))
    return rows


@dataclass(frozen=True)
class Row:
    """One thing asked, with what rests of it, or one payment (below zero: taken back). Cents."""

    on: date
    words: str
    cents: int
    is_asked: bool
    entry_id: int = 0
    rest_cents: int = 0


def life(account: Account, since: date, as_of: date) -> list[Row]:
    """Everything due and everything paid between two days, oldest first; after a recevabilité, what followed
    it only (SUR-02). An entry annulled is not there, a payment sent back is there both ways."""
    known = postings(known_on(entries_frame([account.pk]), as_of))
    found = settle(known, freezes([account], as_of))
    if account.split_on is not None and account.split_on <= as_of:
        since = max(since, account.split_on)
    due = found.items.filter(pl.col("is_due") & ~pl.col("is_frozen") & (pl.col("due_on") >= since))
    rows = [
        Row(row["due_on"], label(row["kind"], row["month"], account), row["amount_cents"], True,
            row["entry_id"], row["rest_cents"])
        for row in due.iter_rows(named=True)
    ]  # fmt: skip
    for row in known.credits.filter(pl.col("document_on") >= since).iter_rows(named=True):
        rows.append(
            Row(row["document_on"], label(row["kind"], row["month"], account), row["amount_cents"], False)
        )
    for row in known.undos.filter(pl.col("on") >= since).iter_rows(named=True):
        rows.append(Row(row["on"], LABELS_FR[EntryKind.REJET], -row["amount_cents"], False))
    return sorted(rows, key=lambda row: (row.on, not row.is_asked, row.entry_id))


def _with_prescription(unpaid: pl.DataFrame, accounts: Sequence[Account], as_of: date) -> pl.DataFrame:
    """The engine's own rule, with what interrupted the prescription of each account."""
    office, ids = accounts[0].office, [account.pk for account in accounts]
    codes = tuple(load_book(office, as_of).interrupting_step_codes)
    natures = pl.DataFrame(
        [(account.pk, account.nature) for account in accounts],
        schema={"account_id": pl.Int64, "nature": pl.String},
        orient="row",
    )
    return with_prescription(
        unpaid.join(natures, on="account_id", how="left"),
        natures_of(office.kind).natures,
        registry.interruptions(ids, office.pk, as_of, codes),
    )


def label(kind: int, month: date | None, account: Account) -> str:
    """What a row is, in the reader's words: the object of a titre, the month of a rent. A quittance is what
    is given for what has been paid: the list's word is not said of what is asked."""
    if kind == EntryKind.TITRE and account.object_label:
        return account.object_label
    nature = natures_of(account.office.kind).natures.get(account.nature)
    words = nature.label if kind == EntryKind.QUITTANCE and nature else LABELS_FR[EntryKind(kind)]
    if month is not None and kind in MONTHLY:
        name = french.MONTHS[month.month - 1]
        of = "d’" if name[0] in "ao" else "de "
        return f"{words} {of}{name} {month.year}"
    return words


def statement(
    accounts: Sequence[Account],
    items: Mapping[int, list[Item]],
    positions: Mapping[int, AccountPosition],
    account_word: str,
) -> tuple[Table, int]:
    """The table of what is owed and its total in cents, for the accounts of one person.

    Raises DomainError("statement_gap") when the rows do not add up to what the decision asks for: a letter
    whose total differs from its statement must not leave."""
    several = len(accounts) > 1
    rows: list[list[str]] = []
    total = 0
    for account in accounts:
        first = [account.ref] if several else []
        for item in items.get(account.pk, []):
            name = label(item.kind, item.month, account)
            amounts = [french.euros(item.amount_cents), french.euros(item.rest_cents)]
            rows.append([*first, f"{item.due_on:%d/%m/%Y}", name, *amounts])
            total += item.rest_cents
        for name, cents in _set_apart(positions[account.pk]):
            rows.append([*first, "", name, "", french.euros(-cents)])
            total -= cents
    asked = sum(positions[account.pk].actionable_cents for account in accounts)
    if total != asked:
        raise DomainError(
            "statement_gap",
            f"Le décompte ({french.euros(total)}) ne correspond pas au montant à réclamer "
            f"({french.euros(asked)}).",
        )
    columns = [{"label": account_word.capitalize(), "kind": "date"}] if several else []
    columns += [
        {"label": "Échéance", "kind": "date"},
        {"label": "Nature", "kind": "text"},
        {"label": "Montant", "kind": "money"},
        {"label": "Reste dû", "kind": "money"},
    ]
    return {"columns": columns, "rows": rows, "total": ["Total dû", french.euros(total)]}, total


def _set_apart(position: AccountPosition) -> list[tuple[str, int]]:
    """Amounts that are owed but not asked for now."""
    parts = [
        ("Aide au logement attendue", position.pending_aid_cents),
        ("Somme contestée, mise à part", position.disputed_cents),
    ]
    return [(name, cents) for name, cents in parts if cents]


def history(account: Account, as_of: date) -> Table:
    """Every posting of an account up to a date with its running balance (document 9, at any date). After a
    recevabilité, what was due after it only: no document mixes both parts (SUR-02)."""
    rows, balance = [], 0
    for on, words, cents in _movements(account, as_of):
        balance += cents
        debit, credit = max(cents, 0), max(-cents, 0)
        rows.append(
            [
                f"{on:%d/%m/%Y}",
                words,
                french.euros(debit) if debit else "",
                french.euros(credit) if credit else "",
                french.euros(balance),
            ]
        )
    columns = [
        {"label": "Date", "kind": "date"},
        {"label": "Libellé", "kind": "text"},
        {"label": "Débit", "kind": "money"},
        {"label": "Crédit", "kind": "money"},
        {"label": "Solde", "kind": "money"},
    ]
    return {"columns": columns, "rows": rows, "total": [f"Solde au {as_of:%d/%m/%Y}", french.euros(balance)]}


def _movements(account: Account, as_of: date) -> list[tuple[date, str, int]]:
    """Day, wording, signed cents, oldest first."""
    if account.split_on is not None and account.split_on <= as_of:
        moved = b_movements(account, as_of)
        return [(m.on, OWN_WORDS.get(m.code) or label(m.kind, m.month, account), m.cents) for m in moved]
    found = Entry.objects.filter(account=account, document_on__lte=as_of).order_by("document_on", "pk")
    rows = found.values_list("document_on", "kind", "period", "amount_cents")
    return [(on, label(kind, period, account), cents) for on, kind, period, cents in rows]
