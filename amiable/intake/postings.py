"""What a bank line becomes in the ledger, whether matched by itself or confirmed by an officer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from amiable.core.models import Office
from amiable.diary.models import DiaryEntry
from amiable.domain.entries import EntryKind
from amiable.domain.errors import DomainError
from amiable.intake.lists.movements import reference_key, stable_key
from amiable.intake.matching import Verdict
from amiable.intake.models import BankTransaction
from amiable.ledger.models import Entry, Wording

#: A list and the bank may date one payment some days apart (week-end, value date).
SAME_PAYMENT_DAYS = 4
#: A direct debit is returned at most this long after it was paid (authorised ones; 13 months otherwise).
RETURN_DAYS = 70


@dataclass(frozen=True)
class Posted:
    """The ledger row a bank line stands for; `already`: it was there before (from a list)."""

    entry: Entry
    already: bool = False


def post_credit(row: BankTransaction, verdict: Verdict) -> Posted | None:
    """Post money received to the account it names, unless a list already did. None: to be matched."""
    if verdict.account_id is None:
        return None
    return settle_credit(row, verdict.account_id, how=verdict.how)


def settle_credit(row: BankTransaction, account_id: int, *, how: str) -> Posted:
    """The ENCAISSEMENT of a bank credit; one already brought by a list is recognised instead of doubled."""
    near = timedelta(days=SAME_PAYMENT_DAYS)
    twin = (
        Entry.objects.filter(
            account_id=account_id,
            kind=EntryKind.ENCAISSEMENT,
            amount_cents=-row.amount_cents,
            document_on__range=(row.booked_on - near, row.booked_on + near),
            banktransaction=None,
            reversed_by=None,
        )
        .order_by("document_on", "pk")
        .first()
    )
    if twin is not None:
        return _keep(row, twin, how="liste", already=True)
    entry = Entry.objects.create(
        account_id=account_id,
        kind=EntryKind.ENCAISSEMENT,
        document_on=row.booked_on,
        amount_cents=-row.amount_cents,
        key=_own_key(row, account_id),
        reference=row.reference[:80],
        wording=_wording(row),
        import_id=row.batch_id,
    )
    return _keep(row, entry, how=how)


def post_return(
    row: BankTransaction, verdict: Verdict, by_reference: Mapping[str, Sequence[Entry]]
) -> Posted | None:
    """Post a returned direct debit on the payment it undoes, found by its reference or by account and
    amount.
    """
    payment = _payment_by_reference(row, by_reference.get(row.reference, ()))
    how = "reference"
    if payment is None and verdict.account_id is not None:
        payment, how = payment_by_amount(row, verdict.account_id), verdict.how
    if payment is None:
        return None
    return settle_return(row, payment.account_id, payment, how=how)


def settle_return(row: BankTransaction, account_id: int, payment: Entry | None, *, how: str) -> Posted:
    """The REJET of a bank return. `payment` None: an item due that day (an officer said so)."""
    if payment is not None:
        before = payment.reversed_by.filter(kind=EntryKind.REJET).first()
        if before is not None:
            return _keep(row, before, how="liste", already=True)
    entry = Entry.objects.create(
        account_id=account_id,
        kind=EntryKind.REJET,
        document_on=row.booked_on,
        due_on=row.booked_on,
        amount_cents=-row.amount_cents,
        reverses=payment,
        # The key a list would give to the same rejet: when it brings it later, it is a duplicate.
        key=_return_key(row, account_id, payment),
        reference=(payment.reference if payment else row.reference)[:80],
        reason_code=row.reason_code,
        wording=_wording(row),
        import_id=row.batch_id,
    )
    _note_return(row, entry)
    return _keep(row, entry, how=how)


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
        if e.amount_cents == row.amount_cents
        and e.document_on <= row.booked_on + timedelta(days=SAME_PAYMENT_DAYS)
    ]
    return found[0] if found and len({e.account_id for e in found}) == 1 else None


def payment_by_amount(row: BankTransaction, account_id: int) -> Entry | None:
    """The latest payment of that amount on the account, not returned yet; else the latest one already
    returned.
    """
    found = Entry.objects.filter(
        account_id=account_id,
        kind=EntryKind.ENCAISSEMENT,
        amount_cents=row.amount_cents,
        document_on__range=(
            row.booked_on - timedelta(days=RETURN_DAYS),
            row.booked_on + timedelta(days=SAME_PAYMENT_DAYS),
        ),
    ).order_by("-document_on", "-pk")
    return found.filter(reversed_by=None).first() or found.first()


def _wording(row: BankTransaction) -> Wording | None:
    """The line's text, kept apart from the ledger because it may hold a name."""
    text = " ".join(filter(None, (row.label, row.party_name)))[:200]
    if not text:
        return None
    wording, _ = Wording.objects.get_or_create(office_id=row.office_id, heading="Banque", text=text)
    return wording


def _keep(row: BankTransaction, entry: Entry, *, how: str, already: bool = False) -> Posted:
    """Mark the line as matched, only if nobody else did meanwhile."""
    changed = BankTransaction.objects.filter(pk=row.pk, entry=None).update(
        status=BankTransaction.Status.MATCHED, entry=entry, matched_by=how
    )
    if not changed:
        raise DomainError(
            "matching.done",
            "Cette ligne vient d'être rapprochée par quelqu'un d'autre : rien n'a été changé.",
        )
    row.status, row.entry, row.matched_by = BankTransaction.Status.MATCHED, entry, how
    return Posted(entry, already)
