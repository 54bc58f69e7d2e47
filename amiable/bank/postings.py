"""What a bank line becomes in the ledger, whether matched by itself or confirmed by an officer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from amiable.bank.lifecycle import BANK
from amiable.bank.matching import Verdict
from amiable.bank.models import BankTransaction
from amiable.bank.telling import listed
from amiable.core.lifecycle import move_all
from amiable.core.models import Office
from amiable.diary.models import DiaryEntry
from amiable.domain.bank.identity import SAME_DAYS, Outcome
from amiable.domain.bank.identity import Verdict as Identity
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.settlement.return_reasons import RECALLED
from amiable.intake.lists.movements import reference_key, stable_key
from amiable.intake.people import chunks
from amiable.ledger import bulk
from amiable.ledger.models import Entry, Wording
from amiable.ledger.services import post

Status = BankTransaction.Status
MEANWHILE = "Cette ligne vient d'être rapprochée par quelqu'un d'autre : rien n'a été changé."
#: A direct debit is returned at most this long after it was paid (authorised ones; 13 months otherwise).
RETURN_DAYS = 70


@dataclass(frozen=True)
class Posted:
    """The ledger row a bank line stands for; `already`: it was there before (from a list)."""

    entry_id: int
    account_id: int
    already: bool = False


def settle_credit(row: BankTransaction, account_id: int, *, how: str, apart: bool = False) -> Posted | None:
    """The ENCAISSEMENT of one bank credit, confirmed by an officer; None when it may be a listed payment."""
    done = settle_credits([(row, account_id, how)], apart=apart)
    return done[0] if done else None


def settle_credits(
    matches: Sequence[tuple[BankTransaction, int, str]], *, apart: bool = False
) -> list[Posted]:
    """The ENCAISSEMENT of each (line, account_id, how), in the order given, in bulk.

    A payment that a list already brought is recognised instead of doubled; one that may be waits,
    as its row says. `apart`: an officer said that they are payments of their own. Each line is marked only
    if nobody else did meanwhile.
    """
    said = {} if apart else listed(EntryKind.ENCAISSEMENT, [(row, account) for row, account, _ in matches])
    doubts = [row for row, _, _ in matches if row.pk in said and said[row.pk].outcome is Outcome.WAITS]
    wait_for(doubts, said)
    waiting = {row.pk for row in doubts}
    matches = [match for match in matches if match[0].pk not in waiting]
    twins = {pk: v.known for pk, v in said.items() if v.outcome is Outcome.SAME and v.known is not None}
    fresh = [(row, account) for row, account, _ in matches if row.pk not in twins]
    entries = {**twins, **_insert_credits(fresh)}
    for row, _, how in matches:
        row.status, row.entry_id, row.matched_by = Status.MATCHED, entries[row.pk], how
        if row.pk in twins:
            row.status, row.matched_by = Status.SAME, "liste"
            row.same_entry_id, row.identity_fr = entries[row.pk], said[row.pk].reason_fr[:200]
    rows = [row for row, _, _ in matches]
    _still_free(rows)
    BankTransaction.objects.bulk_update(
        rows, ["status", "entry", "matched_by", "same_entry", "identity_fr"], batch_size=500
    )
    return [Posted(entries[row.pk], account, row.pk in twins) for row, account, _ in matches]


def wait_for(rows: Sequence[BankTransaction], said: Mapping[int, Identity[int]]) -> None:
    """These lines wait: each may be the posting of a list that its verdict names."""
    for row in rows:
        row.same_entry_id, row.identity_fr = said[row.pk].known, said[row.pk].reason_fr[:200]
    BankTransaction.objects.bulk_update(rows, ["same_entry", "identity_fr"], batch_size=500)


def _still_free(rows: Sequence[BankTransaction]) -> None:
    for part in chunks([row.pk for row in rows]):
        if BankTransaction.objects.filter(pk__in=part).exclude(entry=None).exists():
            raise DomainError(
                "matching.done",
                MEANWHILE,
            )


def _insert_credits(matches: Sequence[tuple[BankTransaction, int]]) -> dict[int, int]:
    """Line id -> id of its new entry."""
    if not matches:
        return {}
    frame = pl.DataFrame(
        [
            (r.pk, account, r.booked_on, -r.amount_cents, r.reference[:80], r.batch_id, *_words(r))
            for r, account in matches
        ],
        schema={
            "line_id": pl.Int64, "account_id": pl.Int64, "document_on": pl.Date, "amount_cents": pl.Int64,
            "reference": pl.String, "import_id": pl.Int64, "heading": pl.String, "text": pl.String,
        },
        orient="row",
    )  # fmt: skip
    keys = _own_keys(matches)
    frame = frame.with_columns(
        pl.Series("key", keys, dtype=pl.Int64),
        pl.lit(int(EntryKind.ENCAISSEMENT), dtype=pl.Int8).alias("kind"),
        pl.lit(None, dtype=pl.Date).alias("due_on"),
        pl.lit(None, dtype=pl.Date).alias("period"),
        pl.lit(False).alias("is_net"),
        pl.lit(None, dtype=pl.Int64).alias("reverses_id"),
        pl.lit("").alias("reason_code"),
    )
    bulk.insert_entries(bulk.with_wordings(frame, matches[0][0].office_id))
    posted = frame.join(bulk.known(frame), on=["account_id", "key"])
    return dict(posted.select("line_id", "entry_id").iter_rows())


def _own_keys(matches: Sequence[tuple[BankTransaction, int]]) -> list[int]:
    """Each line's own key; posted again after a correction, it takes the next number."""
    keys = [stable_key(f"B|{row.key}") for row, _ in matches]
    pairs = pl.DataFrame(
        {"account_id": [account for _, account in matches], "key": keys},
        schema={"account_id": pl.Int64, "key": pl.Int64},
    )
    taken = set(bulk.known(pairs).select("account_id", "key").iter_rows())
    return [
        _own_key(row, account) if (account, key) in taken else key
        for (row, account), key in zip(matches, keys, strict=True)
    ]


def post_returns(
    returns: Sequence[tuple[BankTransaction, Verdict]], by_reference: Mapping[str, Sequence[Entry]]
) -> list[Posted]:
    """Post returned debits on the payments they undo, found by their reference; a direct debit also by its
    account and amount. A transfer taken back without a reference waits for an officer.
    """
    found: list[tuple[BankTransaction, int, Entry | None, str]] = []
    for row, verdict in returns:
        payment = _payment_by_reference(row, by_reference.get(row.reference, ()))
        if payment is not None:
            found.append((row, payment.account_id, payment, "reference"))
        elif verdict.account_id is not None and not row.reversal:
            found.append((row, verdict.account_id, None, verdict.how))
    said = listed(EntryKind.REJET, [(row, account) for row, account, _, _ in found])
    posted: list[Posted] = []
    for row, account, named, how in found:
        # One after the other: the second of two equal returns undoes another payment.
        payment = named or payment_by_amount(row, account)
        if payment is None:
            continue
        done = _settle_return(row, account, payment, how, said.get(row.pk))
        posted += [done] if done is not None else []
    return posted


def settle_return(
    row: BankTransaction, account_id: int, payment: Entry | None, *, how: str, apart: bool = False
) -> Posted | None:
    """The REJET of a bank return. `payment` None: an item due that day (an officer said so).

    None when it may be a rejet that a list brought (the row says so). `apart`: an officer said it is another.
    """
    said = listed(EntryKind.REJET, [(row, account_id)]).get(row.pk) if not apart else None
    return _settle_return(row, account_id, payment, how, said)


def _settle_return(
    row: BankTransaction, account_id: int, payment: Entry | None, how: str, said: Identity[int] | None
) -> Posted | None:
    if said is not None and said.outcome is Outcome.SAME:
        return _keep(row, Entry.objects.get(pk=said.known), how="liste", reason_fr=said.reason_fr)
    if said is not None and said.outcome is Outcome.WAITS:
        wait_for([row], {row.pk: said})
        return None
    if payment is not None:
        before = payment.reversed_by.filter(kind=EntryKind.REJET).first()
        if before is not None:
            return _keep(row, before, how="liste", reason_fr="rejet du même paiement, déjà inscrit")
    entry = post(
        account_id=account_id,
        kind=EntryKind.REJET,
        document_on=row.booked_on,
        due_on=row.booked_on,
        amount_cents=-row.amount_cents,
        reverses=payment,
        # The key a list would give to the same rejet: when it brings it later, it is a duplicate.
        key=_return_key(row, account_id, payment),
        reference=(payment.reference if payment else row.reference)[:80],
        reason_code=RECALLED if row.reversal else row.reason_code,
        wording=_wording(row),
        import_id=row.batch_id,
    )
    if not row.reversal:
        _note_return(row, entry)
    return _keep(row, entry, how=how)


def settle_back(row: BankTransaction, account_id: int, *, apart: bool = False) -> Posted | None:
    """The office's own money come back: its refund, or the rejet that the bank undoes, is as if it never was.

    Without one of that amount the officer has said that it is a credit of the account.
    """
    undone = (
        Entry.objects.filter(
            account_id=account_id,
            kind__in=(EntryKind.REMBOURSEMENT, EntryKind.REJET),
            amount_cents=row.amount_cents,
            document_on__lte=row.booked_on + timedelta(days=SAME_DAYS),
        )
        .exclude(reversed_by__kind=EntryKind.ANNULATION)
        .order_by("-document_on", "-pk")
        .first()
    )
    if undone is None:
        return settle_credit(row, account_id, how="officer", apart=apart)
    entry = post(
        account_id=account_id,
        kind=EntryKind.ANNULATION,
        document_on=max(row.booked_on, undone.document_on),
        amount_cents=-row.amount_cents,
        reverses=undone,
        key=_own_key(row, account_id),
        reference=undone.reference,
        wording=_wording(row),
        import_id=row.batch_id,
    )
    return _keep(row, entry, how="officer")


def _note_return(row: BankTransaction, entry: Entry) -> None:
    """A line in the account's thread: the officer sees the rejection among what was done."""
    DiaryEntry.objects.get_or_create(
        key=f"rejet:{entry.pk}",
        defaults={
            "office_id": row.office_id,
            "account_id": entry.account_id,
            "kind": DiaryEntry.Kind.REJECTED_DEBIT,
            "on": row.booked_on,
            "data": {
                "reason_code": row.reason_code,
                "amount_cents": entry.amount_cents,
                "entry_id": entry.pk,
            },
        },
    )


def _return_key(row: BankTransaction, account_id: int, payment: Entry | None) -> int:
    if payment is not None and payment.reference:
        key = reference_key(EntryKind.REJET, payment.reference)
        if not Entry.objects.filter(account_id=account_id, key=key).exists():
            return key
    return _own_key(row, account_id)


def _own_key(row: BankTransaction, account_id: int) -> int:
    """The line's own key; posted again after a correction, it takes the next number."""
    for attempt in range(50):
        key = stable_key(f"B|{row.key}|{attempt}" if attempt else f"B|{row.key}")
        if not Entry.objects.filter(account_id=account_id, key=key).exists():
            return key
    raise DomainError("matching.too_often", "Cette ligne a été rapprochée et annulée trop souvent.")


def payments_bearing(office: Office, references: Collection[str]) -> dict[str, list[Entry]]:
    """Payments of the office by reference, the latest first: one pass for all the returns of a file."""
    found: dict[str, list[Entry]] = {}
    wanted = [r[:80] for r in references if r]
    if wanted:
        rows = Entry.objects.filter(
            account__office=office, kind=EntryKind.ENCAISSEMENT, reference__in=wanted
        ).order_by("-document_on", "-pk")
        for entry in rows:
            found.setdefault(entry.reference, []).append(entry)
    return found


def _payment_by_reference(row: BankTransaction, candidates: Sequence[Entry]) -> Entry | None:
    """The payment bearing the direct debit's own reference: same amount, one account only."""
    found = [
        e
        for e in candidates
        if e.amount_cents == row.amount_cents and e.document_on <= row.booked_on + timedelta(days=SAME_DAYS)
    ]
    return found[0] if found and len({e.account_id for e in found}) == 1 else None


def payment_by_amount(row: BankTransaction, account_id: int) -> Entry | None:
    """The latest payment of that amount on the account, not returned yet: one already returned is told by its
    own rejet, and this is another.
    """
    rows = Entry.objects.filter(
        account_id=account_id,
        kind=EntryKind.ENCAISSEMENT,
        amount_cents=row.amount_cents,
        document_on__range=(
            row.booked_on - timedelta(days=RETURN_DAYS),
            row.booked_on + timedelta(days=SAME_DAYS),
        ),
        reversed_by=None,
    )
    return rows.order_by("-document_on", "-pk").first()


def _words(row: BankTransaction) -> tuple[str, str]:
    """Heading and text of a bank line, kept apart from the ledger because it may hold a name."""
    return "Banque", " ".join(filter(None, (row.label, row.party_name)))[:200]


def _wording(row: BankTransaction) -> Wording:
    heading, text = _words(row)
    return Wording.objects.get_or_create(office_id=row.office_id, heading=heading, text=text)[0]


def _keep(row: BankTransaction, entry: Entry, *, how: str, reason_fr: str = "") -> Posted:
    """Mark the line as matched, only if nobody else did meanwhile. `reason_fr`: why it is known already."""
    known = bool(reason_fr)
    row.status = Status.SAME if known else Status.MATCHED
    row.entry, row.matched_by, row.identity_fr = entry, how, reason_fr[:200]
    row.same_entry = entry if known else row.same_entry
    changed = move_all(
        BankTransaction.objects.filter(pk=row.pk, entry=None),
        row.status,
        BANK,
        entry=entry,
        matched_by=how,
        same_entry=row.same_entry,
        identity_fr=row.identity_fr,
    )
    if not changed:
        raise DomainError(
            "matching.done",
            MEANWHILE,
        )
    return Posted(entry.pk, entry.account_id, known)
