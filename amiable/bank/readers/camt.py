"""camt.052, .053 and .054, any version, whatever the namespace. Loud on an empty or broken file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from amiable.bank.readers import pain002
from amiable.bank.readers.statement import BankFile, BankLine, Statement, Unbooked, balanced, cents
from amiable.bank.readers.words import real_reason, undone, unpaid
from amiable.bank.readers.xml import (
    Node,
    Unreadable,
    amount_of,
    amount_or_none,
    children,
    day_of,
    find,
    looks_like,
    name_of,
    parse,
    text_of,
)
from amiable.domain.errors import DomainError
from amiable.domain.settlement.return_reasons import reason_in
from amiable.domain.text.french import euros

__all__ = ["looks_like", "read"]

_ROOTS = {
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
#: Families of direct debits: those of the office, those of its suppliers.
_DIRECT_DEBITS = ("IDDT", "RDDT")
#: What an entry that is not booked is; another word is said as it stands.
_STATUSES = {"PDNG": "en attente", "INFO": "pour information", "FUTR": "à venir"}


def read(data: bytes) -> BankFile:
    """The statements of an ISO 20022 file. Raises DomainError: broken XML, unknown message, nothing
    inside.
    """
    root = parse(data)
    for message in root.iter():
        if name_of(message) == "CstmrPmtStsRpt":
            return pain002.read(message)
        if name_of(message) not in _ROOTS:
            continue
        name, unit = _ROOTS[name_of(message)]
        statements = tuple(_statement(node, name) for node in children(message, unit))
        if not statements:
            raise DomainError("intake.bank", f"Fichier {name} sans aucun relevé. Rien n'a été importé.")
        return BankFile(name, statements, warnings=_unchecked(statements) if name == "camt.053" else ())
    raise DomainError(
        "intake.bank",
        "Message XML inconnu (attendus : camt.052, camt.053, camt.054, pain.002). Rien n'a été importé.",
    )


def _unchecked(statements: tuple[Statement, ...]) -> tuple[str, ...]:
    without = [s for s in statements if not s.refused and s.opening_cents is None]
    return ("Relevé sans soldes : son total n'a pas pu être contrôlé.",) if without else ()


def _signed(node: Node) -> int:
    """Amount of an entry or balance with the sign of CdtDbtInd. Money received is positive."""
    amounts = children(node, "Amt")
    side = text_of(node, "CdtDbtInd")
    if not amounts or side not in ("CRDT", "DBIT"):
        raise Unreadable("montant ou sens manquant")
    return amount_of(amounts[0]) * (1 if side == "CRDT" else -1)


def _statement(node: Node, name: str) -> Statement:
    line = node.sourceline or 0
    account = text_of(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    try:
        booked = [entry for entry in children(node, "Ntry") if _status(entry) == "BOOK"]
        lines = tuple(found for entry in booked for found in _entry(entry))
        unbooked = tuple(_unbooked(entry) for entry in children(node, "Ntry") if _status(entry) != "BOOK")
        balances = _balances(node, sum(entry.amount_cents for entry in lines))
        ends_on = day_of(node, "FrToDt") or _last_day(node, lines)
    except Unreadable as error:
        return Statement(line, account, (), refused=str(error))
    statement = Statement(
        line, account, lines, balances.opening, balances.closing, ends_on, unbooked=unbooked
    )
    if name == "camt.053" and (balances.opening is None) != (balances.closing is None):
        return replace(statement, refused="relevé sans ancien ou sans nouveau solde")
    if balances.is_page:
        reached = euros(balances.closing or 0)
        said = f"Page d'un relevé : la suite est attendue (solde intermédiaire {reached})."
        statement = replace(statement, warnings=(said,))
    return balanced(_checked_summary(node, statement))


def _status(entry: Node) -> str:
    return text_of(entry, "Sts/Cd", "Sts/Prtry", "Sts") or "BOOK"


def _unbooked(entry: Node) -> Unbooked:
    """An entry the bank announces: it will come in a statement once it is booked."""
    status = _status(entry)
    said = f"{_STATUSES[status]}, {status}" if status in _STATUSES else status
    reason = f"mouvement non comptabilisé par la banque ({said}) : il n'est pas inscrit"
    return Unbooked(entry.sourceline or 0, _signed(entry), reason)


def _last_day(node: Node, lines: tuple[BankLine, ...]) -> date | None:
    closing = [b for b in children(node, "Bal") if _balance_code(b) in ("CLBD", "ITBD")]
    days = [d for b in closing if (d := day_of(b, "Dt"))] + [entry.booked_on for entry in lines]
    return max(days, default=None)


def _balance_code(balance: Node) -> str:
    return text_of(balance, "Tp/CdOrPrtry/Cd")


@dataclass(frozen=True)
class _Balances:
    """Booked balances before and after a statement; `is_page`: the statement goes on in another page."""

    opening: int | None = None
    closing: int | None = None
    is_page: bool = False


def _balances(node: Node, total: int) -> _Balances:
    """Old (OPBD, else PRCD) and new (CLBD) balances; a page of a long statement has interim ones (ITBD).

    Of several readings the first that makes `total` is the page's: some banks repeat the first balance.
    """
    held: dict[str, list[int]] = {"OPBD": [], "PRCD": [], "CLBD": [], "ITBD": []}
    for balance in children(node, "Bal"):
        if _balance_code(balance) in held:
            held[_balance_code(balance)].append(_signed(balance))
    between = held["ITBD"]
    openings = [*held["OPBD"][-1:], *([] if held["OPBD"] else held["PRCD"][-1:]), *between]
    closings = [*[(c, False) for c in held["CLBD"][-1:]], *[(c, True) for c in reversed(between)]]
    if not openings or not closings or len(between) == 1 and len(openings) == len(closings) == 1:
        only = closings[0][0] if closings else None
        return _Balances(openings[0] if openings and openings != between else None, only)
    pairs = list(product(openings, closings))
    opening, (closing, is_page) = next((p for p in pairs if p[0] + total == p[1][0]), pairs[0])
    return _Balances(opening, closing, is_page)


def _checked_summary(node: Node, statement: Statement) -> Statement:
    """Totals announced by the bank, where balances are missing, must be those of the entries."""
    for side, sign in (("TtlCdtNtries", 1), ("TtlDbtNtries", -1)):
        announced = text_of(node, f"TxsSummry/{side}/Sum")
        if not announced:
            continue
        told = [entry.amount_cents for entry in statement.lines] + [u.cents for u in statement.unbooked]
        total = sum(sign * amount for amount in told if amount * sign > 0)
        try:
            wrong = cents(announced) != total
        except ValueError:
            wrong = True
        # Batches may mix both sides inside one entry: the net is what the balances check.
        if wrong and statement.opening_cents is None:
            return replace(
                statement,
                refused=f"le total annoncé ({announced}) n'est pas celui des mouvements ({euros(total)})",
            )
    return statement


def _entry(node: Node) -> Iterator[BankLine]:
    """The lines of one booked entry: one per transaction when they add up to it, else one for the whole.

    A fee held inside is a line of its own, so that a payment is undone for its amount.
    """
    total = _signed(node)
    booked_on = day_of(node, "BookgDt") or day_of(node, "ValDt")
    if booked_on is None:
        raise Unreadable("mouvement sans date")
    details = [tx for group in children(node, "NtryDtls") for tx in children(group, "TxDtls")]
    whole = _line(node, details[0] if len(details) == 1 else None, booked_on, total)
    if not details:
        yield whole
        return
    parts = [_transaction_cents(tx, total) for tx in details]
    if any(part is None for part in parts):
        yield whole if len(details) == 1 else _of_many(whole, details)
        return
    rest = total - sum(part for part in parts if part is not None)
    if rest and not _is_fee(node, details, whole, rest):
        yield whole if len(details) == 1 else _of_many(whole, details)
        return
    for tx, part in zip(details, parts, strict=True):
        yield _line(node, tx, booked_on, part or 0)
    if rest:
        yield replace(
            whole, amount_cents=rest, label="Frais bancaires inclus", end_to_end="", servicer="",
            is_return=False, reversal=False,
        )  # fmt: skip


def _is_fee(node: Node, details: list[Node], whole: BankLine, rest: int) -> bool:
    """Whether what the parts leave is the bank's fee: as it says, or booked above one payment returned."""
    charges = sum(_charges(source) for source in (node, *details))
    if rest == -charges:
        return True
    return len(details) == 1 and whole.is_return and whole.amount_cents < rest < 0


def _charges(source: Node) -> int:
    for path in ("Chrgs/Rcrd/Amt", "Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Amt"):
        if found := sum(amount_of(amount) for amount in find(source, path)):
            return found
    return 0


def _of_many(whole: BankLine, details: list[Node]) -> BankLine:
    """An entry whose parts are not known: kept whole, for an officer to look at."""
    return replace(whole, label=f"{whole.label} ({len(details)} opérations non détaillées)".strip())


def _transaction_cents(tx: Node, total: int) -> int | None:
    """Signed cents of one transaction, or None when the bank does not give them in euros."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        for amount in find(tx, path):
            side = text_of(tx, "CdtDbtInd") or ("CRDT" if total > 0 else "DBIT")
            found = amount_or_none(amount)
            return None if found is None else found * (1 if side == "CRDT" else -1)
    return None


def _line(node: Node, tx: Node | None, booked_on: date, amount: int) -> BankLine:
    source = tx if tx is not None else node
    reason = real_reason(text_of(source, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"))
    texts = [
        *(" ".join((n.text or "").split()) for n in find(source, "RmtInf/Ustrd")),
        *(" ".join((n.text or "").split()) for n in find(source, "RmtInf/Strd/CdtrRefInf/Ref")),
        text_of(source, "AddtlTxInf"),
        text_of(node, "AddtlNtryInf"),
    ]
    label = " ".join(t for t in texts if t)
    is_return, reversal = _taken_back(node, source, amount, reason, label)
    # What comes back had left in the other direction.
    payer = "Dbtr" if amount > 0 or is_return else "Cdtr"
    # From version 8 on the party stands one level lower (Dbtr/Pty).
    name = text_of(source, f"RltdPties/{payer}/Nm", f"RltdPties/{payer}/Pty/Nm")
    end_to_end = text_of(source, "Refs/EndToEndId")
    account = (f"RltdPties/{payer}Acct/Id/IBAN", f"RltdPties/{payer}Acct/Id/Othr/Id")
    return BankLine(
        line=source.sourceline or 0,
        booked_on=booked_on,
        amount_cents=amount,
        label=label[:500],
        party_name=name[:140],
        iban=text_of(source, *account)[:34],
        end_to_end=_identifying(end_to_end),
        mandate=text_of(source, "Refs/MndtId"),
        reference=text_of(source, "RmtInf/Strd/CdtrRefInf/Ref", "Refs/AcctSvcrRef", "Refs/TxId")
        or text_of(node, "AcctSvcrRef"),
        servicer=_identifying(text_of(source, "Refs/AcctSvcrRef") or text_of(node, "AcctSvcrRef")),
        reason_code=(reason or (reason_in(label) if is_return else ""))[:10],
        is_return=is_return,
        reversal=reversal,
    )


def _taken_back(node: Node, source: Node, amount: int, reason: str, label: str) -> tuple[bool, bool]:
    """(takes a payment back, undoes what the bank booked): by its codes, its mark of reversal or its text."""
    family = text_of(source, "BkTxCd/Domn/Fmly/Cd") or text_of(node, "BkTxCd/Domn/Fmly/Cd")
    kind = text_of(source, "BkTxCd/Domn/Fmly/SubFmlyCd") or text_of(node, "BkTxCd/Domn/Fmly/SubFmlyCd")
    marked = text_of(node, "RvslInd").lower() in ("true", "1")
    if amount > 0:
        return False, bool(reason) or kind in ("UPDD", "RRTN") or marked or undone(label)
    debit = kind == "UPDD" or family in _DIRECT_DEBITS or bool(text_of(source, "Refs/MndtId"))
    coded = bool(reason) or kind in ("UPDD", "RRTN") or marked
    if not coded and not undone(label) and not unpaid(label):
        return False, False
    transfer = kind == "RRTN" or family == "RCDT" or undone(label) or (marked and not reason)
    return True, transfer and not debit


def _identifying(reference: str) -> str:
    """A reference, or empty when it is one of the words that stand for none."""
    return "" if reference.upper() in ("NOTPROVIDED", "NONREF", "NA", "N/A", "0") else reference[:140]
