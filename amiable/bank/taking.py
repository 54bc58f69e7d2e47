"""The lines of a bank file: each is new, known already, or for an officer to say; what is sure is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256

from amiable.bank.accounts import office_index
from amiable.bank.lifecycle import BANK
from amiable.bank.matching import Suggestion, Verdict, iban_core, judge
from amiable.bank.mirrors import mirrors
from amiable.bank.models import BankTransaction, MatchSuggestion
from amiable.bank.postings import Posted, payments_bearing, post_returns, settle_credits
from amiable.bank.readers.statement import BankFile, BankLine
from amiable.bank.telling import memory_of, spans, told_by
from amiable.core.lifecycle import move_all
from amiable.core.models import Office
from amiable.domain.bank.identity import Outcome
from amiable.domain.bank.identity import Verdict as Identity
from amiable.intake.batches import Report
from amiable.intake.models import Import
from amiable.intake.people import chunks

Status = BankTransaction.Status
#: The suggestion of a line whose account is known, but not what it is beside what is known.
_SURE_SCORE = 80


@dataclass
class Taken:
    """What one bank file did."""

    posted: int = 0
    returned: int = 0
    to_match: int = 0
    already: int = 0
    account_ids: set[int] = field(default_factory=set)

    def count(self, done: Posted, *, is_return: bool) -> None:
        self.account_ids.add(done.account_id)
        if done.already:
            self.already += 1
        elif is_return:
            self.returned += 1
        else:
            self.posted += 1


@dataclass
class _Told:
    """One line on its way: what it says, whose it is, what it is beside what is known."""

    line: BankLine
    row: BankTransaction
    owner: Verdict
    identity: Identity[int] = field(default_factory=lambda: Identity(Outcome.NEW))
    #: The movement of the other direction that it may undo: its day, its account when known.
    undoes: tuple[date, int | None] | None = None

    @property
    def is_money(self) -> bool:
        """A debtor's payment, or one taken back; our own payments and the bank's fees concern no debtor."""
        return self.line.amount_cents > 0 or self.line.is_return


def take(office: Office, batch: Import, bank: BankFile, report: Report) -> Taken:
    """Record every line of the statements that balance, and post those that speak for themselves."""
    told = _read(office, batch, bank)
    _write(told)
    taken = Taken()
    _post(office, _owned(told), taken)
    _offer(told, taken)
    _figures(told, report)
    return taken


def _read(office: Office, batch: Import, bank: BankFile) -> list[_Told]:
    """Each line with its owner and its identity, statement by statement: a statement given twice is one."""
    good = [s for s in bank.statements if not s.refused]
    lines = [line for statement in good for line in statement.lines]
    index = office_index(office, {line.iban for line in lines if line.iban})
    memory = memory_of(office, lines)
    mirror = mirrors(office, [(iban_core(s.account), line) for s in good for line in s.lines], index)
    _reopen(mirror.late)
    told: list[_Told] = []
    for statement in good:
        account, days, start = iban_core(statement.account), spans(statement), len(told)
        tellings = []
        for line in statement.lines:
            undoes = mirror.undone.get(len(told))
            if undoes is not None:
                line = replace(line, is_return=line.amount_cents < 0, reversal=True)
            owner = judge(line, index) if line.amount_cents > 0 or line.is_return else Verdict()
            named = owner.account_id if owner.how == "reference" else None
            span = days.get(line.booked_on)
            tellings.append(told_by(bank.format, account, line, span, named))
            row = _row(batch, bank.format, account, line, span, len(told))
            told.append(_Told(line, row, owner, undoes=undoes))
        for place, identity in enumerate(memory.recognise(tellings), start):
            told[place].identity = identity
            # A line of this very file bears its place, below zero, until it has an id.
            known = identity.known if identity.outcome is Outcome.SAME else -place - 1
            memory.remember(-place - 1 if known is None else known, tellings[place - start])
    return told


def _reopen(debits: Sequence[int]) -> None:
    """Debits thought to be the office's own, once the payment they may take back is told: they wait."""
    for part in chunks(sorted(debits)):
        rows = BankTransaction.objects.filter(pk__in=part, status=Status.OTHER)
        move_all(rows, Status.TO_MATCH, BANK, is_return=True, reversal=True)


def _row(
    batch: Import, teller: str, account: str, line: BankLine, span: tuple[int, int] | None, place: int
) -> BankTransaction:
    return BankTransaction(
        office_id=batch.office_id,
        batch=batch,
        key=sha256(f"{batch.sha256}|{place}".encode()).hexdigest(),
        line=max(line.line, 0),
        booked_on=line.booked_on,
        amount_cents=line.amount_cents,
        is_return=line.is_return,
        reversal=line.reversal,
        reason_code=line.reason_code[:10],
        reference=(line.end_to_end or line.reference)[:140],
        mandate_ref=line.mandate[:40],
        party_name=line.party_name[:140],
        iban=line.iban[:34],
        label=line.label[:500],
        teller=teller,
        bank_account=account[:34],
        end_to_end=line.end_to_end[:140],
        servicer_ref=line.servicer[:140],
        day_opening_cents=span[0] if span else None,
        day_closing_cents=span[1] if span else None,
    )


def _write(told: Sequence[_Told]) -> None:
    """The movements first, then what only tells them again."""
    again = [t for t in told if t.identity.outcome is Outcome.SAME]
    first = [t for t in told if t.identity.outcome is not Outcome.SAME]
    for one in first:
        one.row.status = Status.TO_MATCH
        if one.identity.outcome is Outcome.NEW and not one.is_money:
            one.row.status = Status.OTHER
    BankTransaction.objects.bulk_create([t.row for t in first], batch_size=1000)
    for one in told:
        if one.identity.known is not None:
            known = one.identity.known
            one.row.same_as_id = known if known > 0 else told[-known - 1].row.pk
            one.row.identity_fr = one.identity.reason_fr[:200]
    for one in again:
        one.row.status = Status.SAME
    BankTransaction.objects.bulk_create([t.row for t in again], batch_size=1000)
    doubts = [t.row for t in first if t.identity.outcome is Outcome.WAITS]
    BankTransaction.objects.bulk_update(doubts, ["same_as", "identity_fr"], batch_size=500)


def _owned(told: Sequence[_Told]) -> list[tuple[BankTransaction, Verdict]]:
    """Movements to post or to offer: the new ones, and those that wait and that this file tells better."""
    found = [(t.row, t.owner) for t in told if t.identity.outcome is Outcome.NEW and t.is_money]
    better = {
        t.row.same_as_id: t.owner
        for t in told
        if t.identity.outcome is Outcome.SAME and t.identity.known and t.identity.known > 0
        and t.owner.account_id is not None
    }  # fmt: skip
    for part in chunks(sorted(pk for pk in better if pk)):
        waiting = BankTransaction.objects.filter(
            pk__in=part, status=Status.TO_MATCH, same_as=None, same_entry=None
        )
        found += [(row, better[row.pk]) for row in waiting.select_related("batch")]
    return found


def _post(office: Office, owned: Sequence[tuple[BankTransaction, Verdict]], taken: Taken) -> None:
    sure = [
        (row, owner.account_id, owner.how)
        for row, owner in owned
        if owner.account_id is not None and not row.is_return and not row.reversal
    ]
    for done in settle_credits(sure):
        taken.count(done, is_return=False)
    payments = payments_bearing(office, {row.reference for row, _ in owned if row.is_return})
    for posted in post_returns([(row, owner) for row, owner in owned if row.is_return], payments):
        taken.count(posted, is_return=True)


def _offer(told: Sequence[_Told], taken: Taken) -> None:
    """Accounts for every line that waits, whose money or which money it is."""
    suggestions: list[MatchSuggestion] = []
    for one in told:
        if one.row.status != Status.TO_MATCH or one.row.entry_id is not None:
            continue
        taken.to_match += 1
        found = _offered(one)
        suggestions += [
            MatchSuggestion(
                transaction=one.row, account_id=s.account_id, score=s.score, reason_fr=s.reason_fr[:200]
            )
            for s in found
        ]
    MatchSuggestion.objects.bulk_create(suggestions, batch_size=1000)


def _offered(one: _Told) -> list[Suggestion]:
    """The accounts of a line that waits: that of what it undoes first, then the one its text names."""
    found = {s.account_id: s for s in one.owner.suggestions}
    if one.owner.account_id is not None:
        reason = "compte reconnu, paiement rejeté introuvable" if one.line.is_return else "compte reconnu"
        if one.line.reversal:
            reason = "compte reconnu, à confirmer"
        found = {one.owner.account_id: Suggestion(one.owner.account_id, _SURE_SCORE, reason)}
    day, account = one.undoes or (None, None)
    if account is not None:
        reason = f"reprend peut-être le mouvement de même montant du {day:%d/%m/%Y}"
        found[account] = Suggestion(account, _SURE_SCORE + 1, reason)
    return list(found.values())


def _figures(told: Sequence[_Told], report: Report) -> None:
    """Every line is in one of three places; a pair is listed with what it is paired with, and why."""
    for one in told:
        doubtful = one.row.status == Status.TO_MATCH and (one.row.same_as_id or one.row.same_entry_id)
        place = "duplicates" if one.row.status == Status.SAME else "waiting" if doubtful else "accepted"
        report.count(place, one.line.amount_cents)
        if place == "accepted":
            report.credit_cents += max(one.line.amount_cents, 0)
            report.debit_cents -= min(one.line.amount_cents, 0)
        if one.row.identity_fr:
            report.pair(
                line=one.line.line, day=one.line.booked_on, cents=one.line.amount_cents,
                reason=one.row.identity_fr, waits=place == "waiting",
            )  # fmt: skip
