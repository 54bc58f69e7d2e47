"""Drawn histories of money, and the files in which each source tells them.

The writers follow the public positions of CFONB and ISO 20022 and share nothing with the readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

#: The debtors: account and name. Their account is written in the text of what they pay.
DEBTORS = (("K0001", "VALLIN ODETTE"), ("K0002", "MORET INES"), ("K0003", "VALLIN PAUL"))
FIRST = date(2026, 10, 1)
DAYS = 24
BANK, BRANCH, NUMBER, IBAN = "30002", "00447", "00008888990", "FR7630002004470000888899085"
TELLERS = ("camt.053", "cfonb", "camt.052", "camt.054", "list", "pain.002")
SUMS = (15_000, 28_000, 28_050)
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference\n"


@dataclass(frozen=True)
class Event:
    """One movement of the bank, as it truly was. `debtor` -1: nobody's. `undoes`: the place of another."""

    place: int
    day: date
    cents: int
    debtor: int = -1
    kind: str = "paid"
    end_to_end: str = ""
    fee_cents: int = 0
    named: bool = True
    undoes: int | None = None

    @property
    def booked_cents(self) -> int:
        return self.cents - self.fee_cents

    @property
    def text(self) -> str:
        """What is written beside it, the same by every source; ends with its place, which no reader knows."""
        who = DEBTORS[self.debtor][0] if self.debtor >= 0 else ""
        word = {"paid": "LOYER", "rejet": "", "recall": "RAPPEL VIREMENT", "other": "FACTURE"}[self.kind]
        return f"{word} {who} EV{self.place:03}".strip()


@dataclass
class History:
    events: list[Event] = field(default_factory=list)
    #: (list kind, file name, bytes) in the order in which they are told.
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    def owed(self, debtor: int) -> int:
        """What the ledger must hold for one debtor (credits negative)."""
        return -sum(event.cents for event in self.events if event.debtor == debtor)


def draw(seed: int) -> History:
    dice = Random(seed)
    history = History(_events(dice))
    history.files = _files(dice, history.events)
    return history


def _events(dice: Random) -> list[Event]:
    found: list[Event] = []
    for _ in range(dice.randint(2, 7)):
        day = FIRST + timedelta(days=dice.randrange(DAYS - 8))
        debtor = dice.randrange(len(DEBTORS))
        direct = dice.random() < 0.4
        mark = f"P{dice.randrange(10**6):06}" if direct or dice.random() < 0.4 else ""
        if not direct and dice.random() < 0.15:
            mark = "LOYER"
        cents, named = dice.choice(SUMS), dice.random() < 0.7
        paid = Event(len(found), day, cents, debtor, end_to_end=mark, named=named)
        found.append(paid)
        chance, later = dice.random(), day + timedelta(days=dice.randint(1, 6))
        if direct and chance < 0.4:
            fee = dice.choice((0, 0, 350))
            found.append(
                Event(len(found), later, -cents, debtor, "rejet", mark, fee, named, undoes=paid.place)
            )
        elif not direct and chance < 0.15:
            found.append(Event(len(found), later, -cents, debtor, "recall", named=named, undoes=paid.place))
    for _ in range(dice.randint(0, 2)):
        day = FIRST + timedelta(days=dice.randrange(DAYS))
        found.append(Event(len(found), day, -dice.choice((350, *SUMS)), kind="other"))
    return found


def _files(dice: Random, events: Sequence[Event]) -> list[tuple[str, str, bytes]]:
    """Each source tells everything, cut in parts that may overlap, in any order."""
    ordered = sorted(events, key=lambda e: (e.day, e.place))
    tellers = {dice.choice(("camt.053", "cfonb"))}
    tellers |= {
        t for t in ("camt.053", "cfonb", "camt.052", "camt.054", "list", "pain.002") if dice.random() < 0.4
    }
    marks = {e.place: f"SVC{e.place:05}" for e in events if dice.random() < 0.5}
    found: list[tuple[str, str, bytes]] = []
    for teller in sorted(tellers):
        parts = _parts(dice)
        if teller == "list":
            numbers = {e.place: _number(dice, e) for e in events}
            days = {e.place: e.day + timedelta(days=dice.choice((0, 0, 1, 2))) for e in events}
            found += [("movements", "list", _list(_within(ordered, p), numbers, days)) for p in parts]
        elif teller == "pain.002":
            found += [("bank", teller, _pain(_within(ordered, p), events)) for p in parts]
        elif teller == "cfonb":
            told = {e.place for e in events if dice.random() < 0.5}
            found += [("bank", teller, _cfonb(ordered, p, told)) for p in parts]
        else:
            found += [("bank", teller, _camt(teller, ordered, p, marks)) for p in parts]
    found = [one for one in found if one[2]]
    dice.shuffle(found)
    return found


def _parts(dice: Random) -> list[tuple[date, date]]:
    """Ranges of days that hold them all; some days twice."""
    cuts = sorted({0, DAYS + 8, *(dice.randrange(1, DAYS) for _ in range(dice.randint(0, 2)))})
    parts = [(a, b - 1) for a, b in zip(cuts, cuts[1:], strict=False)]
    if dice.random() < 0.4:
        start = dice.randrange(DAYS)
        parts.append((start, start + dice.randrange(10)))
    return [(FIRST + timedelta(days=a), FIRST + timedelta(days=b)) for a, b in parts]


def _within(events: Sequence[Event], part: tuple[date, date]) -> list[Event]:
    return [e for e in events if part[0] <= e.day <= part[1]]


def _number(dice: Random, event: Event) -> str:
    """What a list writes as its own reference: the payment's, its own, or nothing."""
    return dice.choice((event.end_to_end if event.end_to_end != "LOYER" else "", f"L{event.place:04}", ""))


def _list(events: Sequence[Event], numbers: dict[int, str], days: dict[int, date]) -> bytes:
    rows = []
    for e in events:
        if e.debtor < 0:
            continue
        kind = "encaissement" if e.cents > 0 else "rejet"
        sum_ = f"{abs(e.cents) // 100},{abs(e.cents) % 100:02}"
        sides = f";{sum_}" if e.cents > 0 else f"{sum_};"
        on = days[e.place].strftime("%d/%m/%Y")
        rows.append(f"{DEBTORS[e.debtor][0]};{on};;;{kind};X;{e.text};{sides};{numbers[e.place]}")
    return (HEADER + "\n".join(rows) + "\n").encode() if rows else b""


def _pain(events: Sequence[Event], every: Sequence[Event]) -> bytes:
    told = []
    for e in events:
        if e.kind != "rejet":
            continue
        asked = next(o.day for o in every if o.place == e.undoes)
        told.append(
            f"<TxInfAndSts><OrgnlEndToEndId>{e.end_to_end}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
            "<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf><OrgnlTxRef><Amt>"
            f"<InstdAmt Ccy='EUR'>{_euros(e.cents)}</InstdAmt></Amt><ReqdColltnDt>{asked}</ReqdColltnDt>"
            f"<RmtInf><Ustrd>{e.text}</Ustrd></RmtInf></OrgnlTxRef></TxInfAndSts>"
        )
    if not told:
        return b""
    body = "".join(told)
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.03'><CstmrPmtStsRpt><GrpHdr>"
        "<CreDtTm>2026-11-01T08:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>R</OrgnlMsgId>"
        f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{body}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def _euros(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02}"


_CAMT = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def _camt(teller: str, ordered: Sequence[Event], part: tuple[date, date], marks: dict[int, str]) -> bytes:
    told = _within(ordered, part)
    if not told:
        return b""
    message, unit = _CAMT[teller]
    balances = ""
    if teller == "camt.053":
        opening = 100_000_00 + sum(e.booked_cents for e in ordered if e.day < part[0])
        closing = opening + sum(e.booked_cents for e in told)
        balances = _balance("OPBD", opening, part[0]) + _balance("CLBD", closing, part[1])
    entries = "".join(_entry(e, marks.get(e.place, "")) for e in told)
    return (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:{teller}.001.08'><{message}><{unit}><Acct><Id>"
        f"<IBAN>{IBAN}</IBAN></Id></Acct>{balances}{entries}</{unit}></{message}></Document>"
    ).encode()


def _balance(code: str, cents: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{_euros(cents)}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _entry(e: Event, mark: str) -> str:
    side = "CRDT" if e.cents > 0 else "DBIT"
    refs = f"<EndToEndId>{e.end_to_end or 'NOTPROVIDED'}</EndToEndId>"
    refs += f"<AcctSvcrRef>{mark}</AcctSvcrRef>" if mark else ""
    name = DEBTORS[e.debtor][1] if e.debtor >= 0 else "FOURNISSEUR SARL"
    role = "Cdtr" if e.kind == "other" else "Dbtr"
    party = f"<RltdPties><{role}><Pty><Nm>{name}</Nm></Pty></{role}></RltdPties>" if e.named else ""
    extra = ""
    if e.kind == "rejet":
        extra = "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>"
    amounts = (
        f"<AmtDtls><InstdAmt><Amt Ccy='EUR'>{_euros(e.cents)}</Amt></InstdAmt></AmtDtls>"
        if e.fee_cents
        else ""
    )
    return (
        f"<Ntry><Amt Ccy='EUR'>{_euros(e.booked_cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if e.kind == 'recall' else ''}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{e.day}</Dt></BookgDt><NtryDtls><TxDtls><Refs>{refs}</Refs>{amounts}{party}"
        f"<RmtInf><Ustrd>{e.text}</Ustrd></RmtInf>{extra}</TxDtls></NtryDtls></Ntry>"
    )


def _cfonb(ordered: Sequence[Event], part: tuple[date, date], told: set[int]) -> bytes:
    """`told`: movements whose reference this bank gives."""
    events = _within(ordered, part)
    if not events:
        return b""
    opening = 100_000_00 + sum(e.booked_cents for e in ordered if e.day < part[0])
    records = [_record("01", part[0], opening)]
    for e in events:
        records.append(
            _record("04", e.day, e.booked_cents, "PRLV IMPAYE" if e.kind == "rejet" else "VIR SEPA")
        )
        records.append(_detail("LIB", e.text))
        if e.named and e.debtor >= 0:
            records.append(_detail("NPY" if e.cents > 0 else "NBE", DEBTORS[e.debtor][1]))
        if e.end_to_end and e.place in told:
            records.append(_detail("RCN", e.end_to_end))
        if e.fee_cents:
            records.append(_detail("MMO", f"EUR2{abs(e.cents):014d}"))
    records.append(_record("07", part[1], opening + sum(e.booked_cents for e in events)))
    return "\r\n".join(records).encode()


def _record(code: str, on: date, cents: int, label: str = "") -> str:
    digits = f"{abs(cents):014d}"
    signed = digits[:13] + ("{ABCDEFGHI" if cents >= 0 else "}JKLMNOPQR")[int(digits[13])]
    head = f"{code}{BANK}    {BRANCH}EUR2 {NUMBER}  {on:%d%m%y}".ljust(48)
    return f"{head}{label[:31]}".ljust(90) + signed + " " * 16


def _detail(qualifier: str, text: str) -> str:
    return f"05{BANK}    {BRANCH}EUR2 {NUMBER}".ljust(45) + f"{qualifier}{text[:70]}".ljust(75)
