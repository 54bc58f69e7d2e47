"""camt.052, .053, .054 and pain.002, any version, whatever the namespace. Loud on an empty or broken file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from lxml import etree

from amiable.bank.readers.statement import BankFile, BankLine, Statement, balanced, cents
from amiable.domain.errors import DomainError
from amiable.domain.settlement.return_reasons import reason_in
from amiable.domain.text.french import euros

Node = Any

_ROOTS = {
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
    "CstmrPmtStsRpt": ("pain.002", ""),
}


class _Unreadable(ValueError):
    """Something of a statement cannot be read: the whole statement is refused with this reason."""


def looks_like(data: bytes) -> bool:
    """True for anything that begins like XML."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read(data: bytes) -> BankFile:
    """The statements of an ISO 20022 file. Raises DomainError: broken XML, unknown message, nothing
    inside.
    """
    root = _parse(data)
    for message, (name, unit) in _ROOTS.items():
        found = [n for n in root.iter() if _name(n) == message]
        if not found:
            continue
        if name == "pain.002":
            return _pain002(found[0])
        statements = [_statement(node, name) for node in _children(found[0], unit)]
        if not statements:
            raise DomainError("intake.bank", f"Fichier {name} sans aucun relevé. Rien n'a été importé.")
        unchecked = [s for s in statements if not s.refused and s.opening_cents is None]
        warnings = ("Relevé sans soldes : son total n'a pas pu être contrôlé.",) if unchecked else ()
        return BankFile(name, tuple(statements), warnings=warnings if name == "camt.053" else ())
    raise DomainError(
        "intake.bank",
        "Message XML inconnu (attendus : camt.052, camt.053, camt.054, pain.002). Rien n'a été importé.",
    )


def _parse(data: bytes) -> Node:
    """The root element; entities and network are shut, a document type is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DomainError("intake.bank", "Fichier XML illisible ou coupé. Rien n'a été importé.") from error
    if root is None:
        raise DomainError("intake.bank", "Fichier XML vide. Rien n'a été importé.")
    if root.getroottree().docinfo.doctype:
        raise DomainError("intake.bank", "Fichier XML avec une déclaration DOCTYPE : refusé.")
    return root


def _name(node: Node) -> str:
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def _children(node: Node, name: str) -> list[Node]:
    return [child for child in node if _name(child) == name]


def _find(node: Node, path: str) -> Iterator[Node]:
    """Descendants along a path of local names."""
    nodes = [node]
    for step in path.split("/"):
        nodes = [child for n in nodes for child in _children(n, step)]
    return iter(nodes)


def _text(node: Node, *paths: str) -> str:
    """Text of the first path that has one."""
    for path in paths:
        for found in _find(node, path):
            text = " ".join((found.text or "").split())
            if text:
                return text
    return ""


def _day(node: Node, *paths: str) -> date | None:
    text = _text(node, *(f"{p}/{leaf}" for p in paths for leaf in ("Dt", "DtTm")))
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise _Unreadable(f"date impossible « {text} »") from None


def _amount(node: Node) -> int:
    """Cents of an Amt element, in euros only."""
    currency = node.get("Ccy") or ""
    if currency not in ("EUR", ""):
        raise _Unreadable(f"devise {currency} (seul l'euro est tenu)")
    try:
        return cents(node.text or "")
    except ValueError:
        raise _Unreadable(f"montant illisible « {(node.text or '').strip()} »") from None


def _signed(node: Node) -> int:
    """Amount of an entry or balance with the sign of CdtDbtInd. Money received is positive."""
    amounts = _children(node, "Amt")
    side = _text(node, "CdtDbtInd")
    if not amounts or side not in ("CRDT", "DBIT"):
        raise _Unreadable("montant ou sens manquant")
    return _amount(amounts[0]) * (1 if side == "CRDT" else -1)


def _statement(node: Node, name: str) -> Statement:
    line = node.sourceline or 0
    account = _text(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    try:
        balances = _balances(node)
        lines = tuple(entry for booked in _children(node, "Ntry") for entry in _entry(booked))
        ends_on = _day(node, "FrToDt") or _last_day(node, lines)
    except _Unreadable as error:
        return Statement(line, account, (), refused=str(error))
    statement = Statement(line, account, lines, balances.get("open"), balances.get("close"), ends_on)
    if name == "camt.053" and ("open" in balances) != ("close" in balances):
        return replace(statement, refused="relevé sans ancien ou sans nouveau solde")
    return balanced(_checked_summary(node, statement))


def _last_day(node: Node, lines: tuple[BankLine, ...]) -> date | None:
    closing = [b for b in _children(node, "Bal") if _text(b, "Tp/CdOrPrtry/Cd") == "CLBD"]
    days = [d for b in closing if (d := _day(b, "Dt"))] + [entry.booked_on for entry in lines]
    return max(days, default=None)


def _balances(node: Node) -> dict[str, int]:
    """Old (OPBD, else PRCD) and new (CLBD) booked balances, in cents."""
    found: dict[str, int] = {}
    for balance in _children(node, "Bal"):
        code = _text(balance, "Tp/CdOrPrtry/Cd")
        if code in ("OPBD", "CLBD") or (code == "PRCD" and "open" not in found):
            found["close" if code == "CLBD" else "open"] = _signed(balance)
    return found


def _checked_summary(node: Node, statement: Statement) -> Statement:
    """Totals announced by the bank, where balances are missing, must be those of the entries."""
    for side, sign in (("TtlCdtNtries", 1), ("TtlDbtNtries", -1)):
        announced = _text(node, f"TxsSummry/{side}/Sum")
        if not announced:
            continue
        total = sum(sign * entry.amount_cents for entry in statement.lines if entry.amount_cents * sign > 0)
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
    """The lines of one booked entry: one per transaction when they add up to it, else one for the whole."""
    status = _text(node, "Sts/Cd", "Sts")
    if status and status != "BOOK":
        return
    total = _signed(node)
    booked_on = _day(node, "BookgDt") or _day(node, "ValDt")
    if booked_on is None:
        raise _Unreadable("mouvement sans date")
    details = [tx for group in _children(node, "NtryDtls") for tx in _children(group, "TxDtls")]
    whole = _line(node, details[0] if len(details) == 1 else None, booked_on, total)
    if len(details) < 2:
        yield whole
        return
    parts = [_transaction_cents(tx, total) for tx in details]
    if any(p is None for p in parts):
        yield _of_many(whole, details)
        return
    rest = total - sum(p for p in parts if p is not None)
    charges = sum(_amount(a) for a in _find(node, "Chrgs/Rcrd/Amt")) or sum(
        _amount(a) for a in _find(node, "Chrgs/TtlChrgsAndTaxAmt")
    )
    if rest not in (0, -charges):
        yield _of_many(whole, details)
        return
    for tx, part in zip(details, parts, strict=True):
        yield _line(node, tx, booked_on, part or 0)
    if rest:
        yield replace(
            whole, amount_cents=rest, label="Frais bancaires inclus", end_to_end="", is_return=False
        )


def _of_many(whole: BankLine, details: list[Node]) -> BankLine:
    """An entry whose parts are not known: kept whole, for an officer to look at."""
    return replace(
        whole, label=f"{whole.label} ({len(details)} opérations non détaillées)".strip(), is_return=False
    )


def _transaction_cents(tx: Node, total: int) -> int | None:
    """Signed cents of one transaction of a batch, or None when the bank does not give them."""
    amounts = (
        _children(tx, "Amt")
        or list(_find(tx, "AmtDtls/TxAmt/Amt"))
        or list(_find(tx, "AmtDtls/InstdAmt/Amt"))
    )
    if not amounts:
        return None
    side = _text(tx, "CdtDbtInd") or ("CRDT" if total > 0 else "DBIT")
    return _amount(amounts[0]) * (1 if side == "CRDT" else -1)


def _line(node: Node, tx: Node | None, booked_on: date, amount: int) -> BankLine:
    source = tx if tx is not None else node
    reason = _text(source, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    family = _text(source, "BkTxCd/Domn/Fmly/SubFmlyCd") or _text(node, "BkTxCd/Domn/Fmly/SubFmlyCd")
    texts = [
        *(" ".join((n.text or "").split()) for n in _find(source, "RmtInf/Ustrd")),
        *(" ".join((n.text or "").split()) for n in _find(source, "RmtInf/Strd/CdtrRefInf/Ref")),
        _text(source, "AddtlTxInf"),
        _text(node, "AddtlNtryInf"),
    ]
    payer, payer_account = ("Dbtr", "DbtrAcct") if amount > 0 else ("Cdtr", "CdtrAcct")
    if reason or family in ("UPDD", "RRTN"):
        payer, payer_account = "Dbtr", "DbtrAcct"
    # From version 8 on the party stands one level lower (Dbtr/Pty).
    name = _text(source, f"RltdPties/{payer}/Nm", f"RltdPties/{payer}/Pty/Nm")
    end_to_end = _text(source, "Refs/EndToEndId")
    label = " ".join(t for t in texts if t)
    return BankLine(
        line=source.sourceline or 0,
        booked_on=booked_on,
        amount_cents=amount,
        label=label[:500],
        party_name=name[:140],
        iban=_text(source, f"RltdPties/{payer_account}/Id/IBAN", f"RltdPties/{payer_account}/Id/Othr/Id")[
            :34
        ],
        end_to_end="" if end_to_end == "NOTPROVIDED" else end_to_end,
        mandate=_text(source, "Refs/MndtId"),
        reference=_text(source, "RmtInf/Strd/CdtrRefInf/Ref", "Refs/AcctSvcrRef", "Refs/TxId")
        or _text(node, "AcctSvcrRef"),
        servicer=_identifying(_text(source, "Refs/AcctSvcrRef") or _text(node, "AcctSvcrRef")),
        reason_code=(reason or (reason_in(label) if family == "UPDD" else ""))[:10],
        is_return=amount < 0 and (bool(reason) or family == "UPDD"),
    )


def _identifying(reference: str) -> str:
    """A bank's reference, or empty when it is one of the words that stand for none."""
    return "" if reference.upper() in ("NOTPROVIDED", "NONREF", "NA", "N/A", "0") else reference[:140]


def _pain002(message: Node) -> BankFile:
    """Direct debits refused before or at settlement: each is a return of the day it should have been paid."""
    lines: list[BankLine] = []
    orphans: list[tuple[int, str]] = []
    for tx in (n for n in message.iter() if _name(n) == "TxInfAndSts"):
        number = tx.sourceline or 0
        if _text(tx, "TxSts") not in ("RJCT", ""):
            continue
        amounts = list(_find(tx, "OrgnlTxRef/Amt/InstdAmt"))
        try:
            day = _pain_day(tx, message)
            if not amounts:
                raise _Unreadable("rejet sans montant")
            amount = _amount(amounts[0])
        except _Unreadable as error:
            orphans.append((number, str(error)))
            continue
        lines.append(
            BankLine(
                line=number,
                booked_on=day,
                amount_cents=-amount,
                label=_text(tx, "OrgnlTxRef/RmtInf/Ustrd", "StsRsnInf/AddtlInf"),
                party_name=_text(tx, "OrgnlTxRef/Dbtr/Nm", "OrgnlTxRef/Dbtr/Pty/Nm")[:140],
                iban=_text(tx, "OrgnlTxRef/DbtrAcct/Id/IBAN")[:34],
                end_to_end=_text(tx, "OrgnlEndToEndId"),
                mandate=_text(
                    tx, "OrgnlTxRef/MndtRltdInf/MndtId", "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId"
                ),
                reason_code=_text(tx, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")[:10],
                is_return=True,
            )
        )
    if not lines and not orphans:
        raise DomainError(
            "intake.bank", "Fichier pain.002 sans aucun rejet de prélèvement. Rien n'a été importé."
        )
    ends_on = max((entry.booked_on for entry in lines), default=None)
    statement = Statement(message.sourceline or 0, "", tuple(lines), ends_on=ends_on)
    return BankFile("pain.002", (statement,), tuple(orphans))


def _pain_day(tx: Node, message: Node) -> date:
    text = _text(tx, "OrgnlTxRef/ReqdColltnDt", "OrgnlTxRef/IntrBkSttlmDt") or _text(
        message, "GrpHdr/CreDtTm"
    )
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise _Unreadable(f"date impossible « {text} »") from None
