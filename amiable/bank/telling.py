"""What the bank tells, as the identity of movements sees it; what files and lists have told already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Q

from amiable.accounts.models import Account
from amiable.bank.matching import compact, iban_core
from amiable.bank.models import BankTransaction
from amiable.bank.readers.statement import BankLine, Statement
from amiable.core.models import Office
from amiable.domain.bank.identity import DOUBT_DAYS, LIST, RETURN_DAYS, Memory, Telling, Verdict
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text.french import search_key
from amiable.intake.people import chunks
from amiable.ledger.models import Entry

#: The format whose references are cut short: they may name a movement, never contradict one.
_SHORT_REFERENCES = "cfonb240"


def spans(statement: Statement) -> dict[date, tuple[int, int]]:
    """Day -> balances before and after that day's movements; empty when the statement gives no balance."""
    if statement.opening_cents is None or statement.closing_cents is None:
        return {}
    moved: dict[date, int] = defaultdict(int)
    for line in statement.lines:
        moved[line.booked_on] += line.amount_cents
    found: dict[date, tuple[int, int]] = {}
    balance = statement.opening_cents
    for day in sorted(moved):
        found[day] = (balance, balance + moved[day])
        balance += moved[day]
    return found


def payer_words(name: str) -> frozenset[str]:
    return frozenset(word for word in search_key(name).split() if len(word) > 2 and not word.isdigit())


def told_by(
    teller: str, bank: str, line: BankLine, span: tuple[int, int] | None, account: int | None
) -> Telling:
    """One line of a bank file. `account`: the debtor's account that its own text names."""
    short = teller == _SHORT_REFERENCES
    return Telling(
        teller=teller,
        day=line.booked_on,
        cents=line.amount_cents,
        bank=bank,
        account=account,
        end_to_end="" if short else line.end_to_end[:140],
        servicer=line.servicer,
        reference=line.end_to_end if short else "",
        payer=payer_words(line.party_name),
        iban=iban_core(line.iban),
        span=span,
    )


def memory_of(office: Office, lines: Sequence[BankLine]) -> Memory[int]:
    """The office's bank movements that these lines may be, by their ids: near in time, or of one mark."""
    memory: Memory[int] = Memory()
    if not lines:
        return memory
    near = timedelta(days=RETURN_DAYS)
    days = [line.booked_on for line in lines]
    wanted = [Q(booked_on__range=(min(days) - near, max(days) + near))]
    wanted += [Q(servicer_ref__in=part) for part in chunks(sorted({e.servicer for e in lines if e.servicer}))]
    seen: set[int] = set()
    for some in wanted:
        rows = BankTransaction.objects.filter(some, office=office, part_of=None).order_by("pk").values_list(
            "pk", "same_as_id", "status", "teller", "booked_on", "amount_cents", "bank_account", "end_to_end",
            "servicer_ref", "reference", "party_name", "iban", "day_opening_cents", "day_closing_cents",
            "matched_by", "entry__account_id",
        )  # fmt: skip
        for row in rows.iterator(chunk_size=5000):
            if row[0] not in seen:
                seen.add(row[0])
                memory.remember(*_known(row))
    return memory


def _known(row: tuple) -> tuple[int, Telling]:
    pk, same_as, status, teller, day, cents, bank, end_to_end, servicer, reference, party, iban = row[:12]
    opening, closing, how, account = row[12:]
    telling = Telling(
        teller=teller,
        day=day,
        cents=cents,
        bank=bank,
        # What an officer decided says whose money it was, not what the line says.
        account=account if how == "reference" else None,
        end_to_end=end_to_end,
        servicer=servicer,
        reference=reference if teller in ("", _SHORT_REFERENCES) else "",
        payer=payer_words(party),
        iban=iban_core(iban),
        span=(opening, closing) if opening is not None and closing is not None else None,
    )
    return (same_as if status == BankTransaction.Status.SAME and same_as else pk), telling


def listed(kind: EntryKind, matches: Sequence[tuple[BankTransaction, int]]) -> dict[int, Verdict[int]]:
    """Line id -> what it is beside the postings of lists, account by account, one for one."""
    if not matches:
        return {}
    memory: Memory[int] = Memory()
    for entry, telling in _listed_entries(kind, matches):
        memory.remember(entry, telling)
    told = [
        Telling(
            teller=row.teller or "banque",
            day=row.booked_on,
            cents=row.amount_cents,
            account=account,
            end_to_end=row.end_to_end or row.reference,
        )
        for row, account in matches
    ]
    return {row.pk: v for (row, _), v in zip(matches, memory.recognise(told), strict=True)}


def _listed_entries(
    kind: EntryKind, matches: Sequence[tuple[BankTransaction, int]]
) -> Iterator[tuple[int, Telling]]:
    """Postings that no bank line stands for yet, near in time or bearing a reference of these lines."""
    far = timedelta(days=DOUBT_DAYS)
    days = [row.booked_on for row, _ in matches]
    references = {r[:80] for row, _ in matches for r in (row.end_to_end, row.reference) if r}
    for part in chunks(sorted({account for _, account in matches})):
        near = Q(document_on__range=(min(days) - far, max(days) + far))
        wanted = Q()
        for some in chunks(sorted(references)):
            wanted |= Q(reference__in=some)
        rows = list(
            Entry.objects.filter(near | wanted if references else near, account_id__in=part, kind=kind)
            .filter(banktransaction=None)
            .exclude(reversed_by__kind=EntryKind.ANNULATION)
            .order_by("document_on", "pk")
            .values_list("pk", "account_id", "document_on", "amount_cents", "reference")
        )
        vague = unidentifying(part, [(account, reference) for _, account, _, _, reference in rows])
        for pk, account, day, cents, reference in rows:
            known = "" if (account, reference) in vague else reference
            yield pk, Telling(LIST, day, -cents, account=account, reference=known)


def unidentifying(account_ids: Collection[int], pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """References that name no one movement: the account's or the contract's own number, one borne twice."""
    found = {pair for pair, times in Counter(pairs).items() if times > 1}
    own: dict[int, set[str]] = {}
    for part in chunks(sorted(account_ids)):
        for pk, ref, contract in Account.objects.filter(pk__in=part).values_list("pk", "ref", "contract_ref"):
            own[pk] = {compact(ref), compact(contract)} - {""}
    return found | {(account, ref) for account, ref in pairs if compact(ref) in own.get(account, ())}
