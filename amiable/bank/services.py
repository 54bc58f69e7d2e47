"""Bank files: what is sure is posted, what is likely is proposed, the rest waits « à rapprocher »."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

import polars as pl
from django.db.models import F, Sum

from amiable.accounts.models import Account, AccountTerms
from amiable.bank.matching import Candidate, Index, Suggestion, Verdict, judge
from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.bank.postings import Posted, payments_bearing, post_return, settle_credits
from amiable.bank.readers.statement import BankFile, BankLine
from amiable.bank.reading import read_bank
from amiable.core.models import Office
from amiable.intake.batches import RefusedFile, Report, close_batch
from amiable.intake.models import Import, ImportReject
from amiable.intake.registry import RECEIVED
from amiable.ledger.models import Entry
from amiable.parties.models import PersonIban


@dataclass
class _Outcome:
    """What one bank file did; amounts in cents, both positive."""

    posted: int = 0
    returned: int = 0
    waiting: int = 0
    already: int = 0
    account_ids: set[int] = field(default_factory=set)


def import_bank(*, office: Office, data: bytes, file: AbstractContextManager[Import]) -> Report:
    """Import a bank file: statements that balance are taken whole, the others refused whole.

    Raises DomainError: unreadable file, same file twice; RefusedFile when no statement can be taken.
    """
    bank = read_bank(data)
    report = _read(bank)
    good = [s for s in bank.statements if not s.refused]
    if not good:
        reason = report.errors[0][1] if report.errors else "aucun relevé"
        raise RefusedFile(report, f"Relevé refusé en entier : {reason}. Rien n'a été importé.")
    with file as batch:
        lines = [(s.account, entry) for s in good for entry in s.lines]
        batch.dated_on = max((s.ends_on for s in good if s.ends_on), default=None)
        outcome = _take(office, batch, lines, report)
        ImportReject.objects.bulk_create(
            ImportReject(batch=batch, line=max(line, 0), reason_fr=reason[:300])
            for line, reason in report.errors
        )
        report.details = {
            "format": bank.format,
            "statements": len(good),
            "matched": outcome.posted,
            "returned_debits": outcome.returned,
            "to_match": outcome.waiting,
            "already_posted": outcome.already,
        }
        report.import_id = batch.pk
        report.account_ids = sorted(outcome.account_ids)
        close_batch(batch, report, extra={"accounts": sorted({s.account for s in good})})
    return report


def received(office: Office, first: date, last: date) -> pl.DataFrame:
    """Payments that a bank file itself posted and nobody reversed, booked from `first` to `last`."""
    rows = BankTransaction.objects.filter(
        office=office,
        is_return=False,
        booked_on__range=(first, last),
        entry__import_id=F("batch_id"),
        entry__reversed_by=None,
    ).values_list("entry_id", "entry__account_id", "entry__amount_cents", "booked_on")
    return pl.DataFrame(list(rows), schema=RECEIVED, orient="row")


def _read(bank: BankFile) -> Report:
    """The report before anything is posted: refused statements and lines outside any statement."""
    report = Report("bank", warnings=list(bank.warnings))
    report.errors = [(s.line, s.refused) for s in bank.statements if s.refused] + list(bank.orphans)
    report.errors.sort()
    report.rejected = len(report.errors)
    return report


def _take(office: Office, batch: Import, lines: Sequence[tuple[str, BankLine]], report: Report) -> _Outcome:
    """Record each new line, post those that speak for themselves, propose accounts for the others."""
    outcome = _Outcome()
    keys = line_keys(lines)
    known = set(BankTransaction.objects.filter(office=office, key__in=keys).values_list("key", flat=True))
    fresh = [(k, entry) for k, (_, entry) in zip(keys, lines, strict=True) if k not in known]
    report.duplicates = len(lines) - len(fresh)
    report.accepted = len(fresh)
    report.credit_cents = sum(e.amount_cents for _, e in fresh if e.amount_cents > 0)
    report.debit_cents = -sum(e.amount_cents for _, e in fresh if e.amount_cents < 0)
    # Our own payments and the bank's fees concern no debtor: they are counted, not kept.
    wanted = [(k, entry) for k, entry in fresh if entry.amount_cents > 0 or entry.is_return]
    index = office_index(office) if wanted else Index()
    payments = payments_bearing(office, {_reference(e) for _, e in wanted if e.is_return})
    verdicts = [judge(entry, index) for _, entry in wanted]
    rows = BankTransaction.objects.bulk_create([_row(batch, key, e) for key, e in wanted], batch_size=1000)
    sure = [
        (row, verdict.account_id, verdict.how)
        for row, verdict in zip(rows, verdicts, strict=True)
        if verdict.account_id is not None and not row.is_return
    ]
    for posted in settle_credits(sure):
        _count(posted, outcome, is_return=False)
    suggestions: list[MatchSuggestion] = []
    for row, verdict in zip(rows, verdicts, strict=True):
        if row.is_return and (done := post_return(row, verdict, payments)) is not None:
            _count(done, outcome, is_return=True)
        elif row.entry_id is None:
            outcome.waiting += 1
            suggestions += _suggestions(row, verdict)
    MatchSuggestion.objects.bulk_create(suggestions, batch_size=1000)
    return outcome


def _count(posted: Posted, outcome: _Outcome, *, is_return: bool) -> None:
    outcome.account_ids.add(posted.account_id)
    if posted.already:
        outcome.already += 1
    elif is_return:
        outcome.returned += 1
    else:
        outcome.posted += 1


def _reference(entry: BankLine) -> str:
    return (entry.end_to_end or entry.reference)[:140]


def _row(batch: Import, key: str, entry: BankLine) -> BankTransaction:
    return BankTransaction(
        office_id=batch.office_id,
        batch=batch,
        key=key,
        booked_on=entry.booked_on,
        amount_cents=entry.amount_cents,
        is_return=entry.is_return,
        reason_code=entry.reason_code[:10],
        reference=_reference(entry),
        mandate_ref=entry.mandate[:40],
        party_name=entry.party_name[:140],
        iban=entry.iban[:34],
        label=entry.label[:500],
    )


def _suggestions(row: BankTransaction, verdict: Verdict) -> list[MatchSuggestion]:
    """Who it could be. A return whose account is known but not its payment is for an officer to look at."""
    found = list(verdict.suggestions)
    if verdict.account_id is not None:
        found = [Suggestion(verdict.account_id, 80, "compte reconnu, paiement rejeté introuvable")]
    return [
        MatchSuggestion(transaction=row, account_id=s.account_id, score=s.score, reason_fr=s.reason_fr[:200])
        for s in found
    ]


def line_keys(lines: Sequence[tuple[str, BankLine]]) -> list[str]:
    """A stable identity per line: overlapping files of one account give the same keys, twins are numbered."""
    seen: Counter[str] = Counter()
    keys = []
    for account, entry in lines:
        parts = (account, entry.booked_on.isoformat(), str(entry.amount_cents), entry.label, entry.party_name,
                 entry.iban, entry.end_to_end, entry.reference)  # fmt: skip
        body = "|".join(parts)
        seen[body] += 1
        keys.append(sha256(f"{body}|{seen[body]}".encode()).hexdigest())
    return keys


def office_index(office: Office) -> Index:
    """Every account of the office as matching sees it: four queries, whatever their number."""
    balances = dict(
        Entry.objects.filter(account__office=office).values_list("account_id").annotate(Sum("amount_cents"))
    )
    monthly: dict[int, int] = {}
    for terms in AccountTerms.objects.filter(account__office=office).order_by("effective_on"):
        aid = terms.aid_cents if terms.third_party else 0
        monthly[terms.account_id] = terms.rent_cents + terms.charges_cents - aid
    rows = Account.objects.filter(office=office).values_list(
        "pk", "person_id", "ref", "contract_ref", "person__last_name", "person__first_name", "status"
    )
    candidates = [
        Candidate(
            pk,
            person,
            ref,
            contract,
            f"{last} {first}",
            balances.get(pk, 0),
            monthly.get(pk, 0),
            status != "parti",
        )
        for pk, person, ref, contract, last, first, status in rows
    ]
    ibans = PersonIban.objects.filter(person__office=office).values_list("person_id", "iban")
    return Index.build(candidates, ibans)
