"""pain.002: what became of direct debits. The nearest status decides: transaction, block, group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from amiable.bank.readers.statement import BankFile, BankLine, Statement, Unbooked, cents
from amiable.bank.readers.words import real_reason
from amiable.bank.readers.xml import Node, Unreadable, amount_of, children, find, text_of
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros, plural

_REJECTED = "RJCT"


@dataclass
class _Found:
    """What the message says: returns, what cannot be followed line by line, what cannot be read."""

    lines: list[BankLine] = field(default_factory=list)
    whole: list[Unbooked] = field(default_factory=list)
    orphans: list[tuple[int, str]] = field(default_factory=list)


def read(message: Node) -> BankFile:
    """Direct debits refused before or at settlement: each is a return of the day it should have been paid."""
    found = _Found()
    group = next(iter(children(message, "OrgnlGrpInfAndSts")), None)
    group_status = text_of(group, "GrpSts") if group is not None else ""
    transfers = group is not None and text_of(group, "OrgnlMsgNmId").startswith("pain.001")
    blocks = children(message, "OrgnlPmtInfAndSts")
    for block in blocks:
        _block(message, block, text_of(block, "PmtInfSts") or group_status, found)
    loose = children(message, "TxInfAndSts")
    if loose or not blocks:
        _block(message, message, group_status, found, announced=group)
    if transfers:
        found = _not_debits(found)
    if not (found.lines or found.whole or found.orphans):
        raise DomainError(
            "intake.bank", "Fichier pain.002 sans aucun rejet de prélèvement. Rien n'a été importé."
        )
    ends_on = max((entry.booked_on for entry in found.lines), default=None)
    line, refused = message.sourceline or 0, ""
    if found.whole and not found.lines:
        line, refused = found.whole[0].line, found.whole[0].reason_fr
    statement = Statement(
        line, "", tuple(found.lines), ends_on=ends_on, refused=refused, unbooked=tuple(found.whole)
    )
    return BankFile("pain.002", (statement,), tuple(found.orphans))


def _block(message: Node, block: Node, status: str, found: _Found, announced: Node | None = None) -> None:
    """One block of a batch, or the whole batch: its transactions, and what it refuses without naming it."""
    named = 0
    before = len(found.lines)
    for tx in children(block, "TxInfAndSts"):
        named += 1
        _transaction(message, tx, text_of(tx, "TxSts") or status, found)
    if status != _REJECTED:
        return
    source = announced if announced is not None else block
    rows = text_of(source, "OrgnlNbOfTxs")
    unnamed = int(rows) - named if rows.isdigit() else 0 if named else 1
    if unnamed > 0:
        told = -sum(line.amount_cents for line in found.lines[before:])
        found.whole.append(_refused_whole(source, unnamed, told, whole=not named))


def _refused_whole(source: Node, rows: int, named_cents: int, *, whole: bool) -> Unbooked:
    name = text_of(source, "OrgnlPmtInfId", "OrgnlMsgId") or "sans numéro"
    code = text_of(source, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    try:
        total = max(0, cents(text_of(source, "OrgnlCtrlSum")) - named_cents)
    except ValueError:
        total = 0
    said = plural(rows, "prélèvement") if whole else f"{plural(rows, 'prélèvement')} sans détail"
    money = f", {euros(total)}" if total else ""
    reason = f"Remise {name} rejetée en entier : {said}{money}" + (f" ({code})" if code else "")
    return Unbooked(source.sourceline or 0, total, reason, rows)


def _transaction(message: Node, tx: Node, status: str, found: _Found) -> None:
    number = tx.sourceline or 0
    code = text_of(tx, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    if status not in (_REJECTED, ""):
        return
    if not real_reason(code) and (code or not status):
        if status:
            reason = f"refus au motif « {code} », qui n'en est pas un : il n'est pas inscrit"
            found.whole.append(Unbooked(number, _instructed(tx), reason))
        return
    try:
        amounts = list(_amounts(tx))
        if not amounts:
            raise Unreadable("rejet sans montant")
        amount, day = amount_of(amounts[0]), _day(tx, message)
    except Unreadable as error:
        found.orphans.append((number, str(error)))
        return
    found.lines.append(
        BankLine(
            line=number,
            booked_on=day,
            amount_cents=-amount,
            label=text_of(tx, "OrgnlTxRef/RmtInf/Ustrd", "StsRsnInf/AddtlInf"),
            party_name=text_of(tx, "OrgnlTxRef/Dbtr/Nm", "OrgnlTxRef/Dbtr/Pty/Nm")[:140],
            iban=text_of(tx, "OrgnlTxRef/DbtrAcct/Id/IBAN")[:34],
            end_to_end=_end_to_end(tx),
            mandate=text_of(tx, "OrgnlTxRef/MndtRltdInf/MndtId", "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId"),
            reason_code=code[:10],
            is_return=True,
        )
    )


def _end_to_end(tx: Node) -> str:
    found = text_of(tx, "OrgnlEndToEndId")
    return "" if found == "NOTPROVIDED" else found


def _amounts(tx: Node) -> Iterator[Node]:
    return find(tx, "OrgnlTxRef/Amt/InstdAmt")


def _instructed(tx: Node) -> int:
    try:
        return sum(amount_of(amount) for amount in _amounts(tx))
    except Unreadable:
        return 0


def _not_debits(found: _Found) -> _Found:
    """What the office itself ordered to pay is no debtor's payment: said, never posted."""
    reason = "virement de l'office refusé par la banque : il ne touche aucun compte"
    said = [Unbooked(line.line, line.amount_cents, reason) for line in found.lines]
    return _Found(whole=[*found.whole, *said], orphans=found.orphans)


def _day(tx: Node, message: Node) -> date:
    text = text_of(tx, "OrgnlTxRef/ReqdColltnDt", "OrgnlTxRef/IntrBkSttlmDt") or text_of(
        message, "GrpHdr/CreDtTm"
    )
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable(f"date impossible « {text} »") from None
