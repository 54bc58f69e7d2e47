"""Bank files of the last days: a CFONB 120 statement, CFONB 240 returns, a camt.053 statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from amiable.domain.text.french import search_key

BANK, BRANCH, ACCOUNT = "99999", "00001", "00000000042"
_PLUS, _MINUS = "{ABCDEFGHI", "}JKLMNOPQR"


@dataclass(frozen=True)
class Credit:
    """Money received: what the bank says of it. `iban` has wrong keys."""

    on: date
    cents: int
    label: str
    name: str = ""
    reference: str = ""
    iban: str = ""


@dataclass(frozen=True)
class Returned:
    """A direct debit that came back; `reference`: the debit's own, six characters at most."""

    on: date
    cents: int
    reason: str
    label: str
    name: str
    reference: str
    debited_on: date


def iban(number: int) -> str:
    """An IBAN of the right length whose keys are wrong: nobody's."""
    return f"FR00{BANK}{BRANCH}{number:011d}00"


def cfonb120(credits: Iterable[Credit], opening_cents: int, begins_on: date, ends_on: date) -> bytes:
    """A statement that balances, with the payer's name and reference as details."""
    lines = [_record("01", begins_on, opening_cents)]
    balance = opening_cents
    for number, credit in enumerate(sorted(credits, key=lambda c: c.on), 1):
        balance += credit.cents
        lines.append(
            _record(
                "04", credit.on, credit.cents, label=credit.label, number=number, reference=credit.reference
            )
        )
        if credit.name:
            lines.append(_detail(credit.on, "NPY", credit.name))
        if credit.iban:
            lines.append(_detail(credit.on, "IBP", credit.iban))
    lines.append(_record("07", ends_on, balance))
    return "\r\n".join(lines).encode("cp1252") + b"\r\n"


def _signed(cents: int) -> str:
    digits = f"{abs(cents):014d}"
    return digits[:-1] + (_PLUS if cents >= 0 else _MINUS)[int(digits[-1])]


def _record(code: str, on: date, cents: int, *, label: str = "", number: int = 0, reference: str = "") -> str:
    line = [" "] * 120

    def put(start: int, text: str, width: int) -> None:
        line[start - 1 : start - 1 + width] = text[:width].ljust(width)

    put(1, code, 2)
    put(3, BANK, 5)
    put(12, BRANCH, 5)
    put(17, "EUR2", 4)
    put(22, ACCOUNT, 11)
    put(35, f"{on:%d%m%y}", 6)
    put(91, _signed(cents), 14)
    if code == "04":
        put(33, "05", 2)
        put(43, f"{on:%d%m%y}", 6)
        put(49, _capitals(label), 31)
        put(82, f"{number:07d}", 7)
        put(105, reference, 16)
    return "".join(line)


def _detail(on: date, qualifier: str, text: str) -> str:
    line = list(_record("05", on, 0))
    line[90:104] = " " * 14
    line[32:34] = "05"
    line[45:48] = qualifier
    line[48:118] = _capitals(text)[:70].ljust(70)
    return "".join(line)


def _capitals(text: str) -> str:
    return search_key(text).upper()


def cfonb240(returns: Sequence[Returned]) -> bytes:
    """Returned direct debits with their total."""
    lines = [_wide("31", {11: f"{returns[0].on:%d%m%y}", 22: BANK, 27: BRANCH, 32: ACCOUNT})]
    for number, one in enumerate(returns, 1):
        fields = {
            9: "08",
            11: f"{one.on:%d%m%y}",
            22: BANK,
            27: BRANCH,
            32: f"{number:011d}",
            43: _capitals(one.name)[:24],
            123: one.reference[:6],
            129: f"{one.reason} {one.label}"[:88],
            217: f"{one.debited_on:%d%m%y}",
            223: one.reference[:6],
            229: f"{one.cents:012d}",
        }
        lines.append(_wide("34", fields))
    lines.append(_wide("39", {229: f"{sum(one.cents for one in returns):012d}"}))
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def _wide(code: str, fields: dict[int, str]) -> str:
    line = [" "] * 240
    for start, text in {1: code, **fields}.items():
        line[start - 1 : start - 1 + len(text)] = text
    return "".join(line)


def camt053(credits: Sequence[Credit], opening_cents: int, begins_on: date, ends_on: date) -> bytes:
    """One statement, one transaction per entry."""
    closing = opening_cents + sum(credit.cents for credit in credits)
    balances = _balance("OPBD", opening_cents, begins_on) + _balance("CLBD", closing, ends_on)
    entries = "".join(_entry(credit, number) for number, credit in enumerate(credits, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>VALMONT-{ends_on:%Y%m%d}</MsgId><CreDtTm>{ends_on}T06:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{ends_on:%Y%m%d}</Id><CreDtTm>{ends_on}T06:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban(42)}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}</Stmt>"
        "</BkToCstmrStmt></Document>\n"
    ).encode()


def _balance(code: str, cents: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(cents)}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>\n"
    )


def _money(cents: int) -> str:
    return f'<Amt Ccy="EUR">{cents / 100:.2f}</Amt>'


def _entry(credit: Credit, number: int) -> str:
    return (
        f"<Ntry><NtryRef>{number}</NtryRef>{_money(credit.cents)}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{credit.on}</Dt></BookgDt><ValDt><Dt>{credit.on}</Dt></ValDt>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(credit.reference or 'NOTPROVIDED')}</EndToEndId></Refs>"
        f"{_money(credit.cents)}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(credit.name)}</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(credit.label)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
