"""Small bank files of our own making, by the public positions of CFONB and ISO 20022."""

from __future__ import annotations


def overpunched(cents: int) -> str:
    """14 characters, the last one carrying its digit and the sign."""
    digits = f"{abs(cents):014d}"
    return digits[:13] + ("{ABCDEFGHI" if cents >= 0 else "}JKLMNOPQR")[int(digits[13])]


def record(code: str, width: int = 120, **fields: tuple[int, str] | str) -> str:
    cells = list(code.ljust(width))
    for position, text in fields.values():  # type: ignore[misc]
        cells[position - 1 : position - 1 + len(text)] = list(text)  # type: ignore[operator]
    return "".join(cells)[:width]


def cfonb(code: str, day: str, cents: int, label: str = "", *, reject: str = "", reference: str = "") -> str:
    return record(
        code,
        bank=(3, "30002"),
        branch=(12, "00447"),
        currency=(17, "EUR2"),
        account=(22, "00008888990"),
        day=(35, day),
        reject=(41, reject.ljust(2)),
        label=(49, label[:31].ljust(31)),
        amount=(91, overpunched(cents)),
        reference=(105, reference[:16].ljust(16)),
    )


def detail(qualifier: str, text: str) -> str:
    return record(
        "05", bank=(3, "30002"), branch=(12, "00447"), qualifier=(46, qualifier), text=(49, text[:70])
    )


def statement(*entries: str, opening: int = 100_000, closing: int | None = None, total: int = 0) -> str:
    end = opening + total if closing is None else closing
    return "\r\n".join([cfonb("01", "191126", opening), *entries, cfonb("07", "201126", end), ""])


def returns240(*rows: tuple[str, int, str, str], total: int | None = None) -> str:
    """rows: (name, cents, original reference, label)."""
    lines = [record("31", 240)]
    for name, cents, reference, label in rows:
        lines.append(
            record(
                "34",
                240,
                day=(11, "201126"),
                bank=(22, "30002"),
                branch=(27, "00550"),
                account=(32, "0000157845Z"),
                name=(43, name[:24]),
                label=(129, label[:88]),
                original=(223, reference[:6]),
                amount=(229, f"{cents:012d}"),
            )
        )
    lines.append(
        record("39", 240, total=(229, f"{sum(r[1] for r in rows) if total is None else total:012d}"))
    )
    return "\r\n".join(lines) + "\r\n"


def camt053(*entries: str, opening: str = "1000.00", closing: str = "1000.00", version: str = "02") -> bytes:
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        "<Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'>"
        "<BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>FR0030002005500000157845Z00</IBAN></Id></Acct>"
        + balance.format("OPBD", opening)
        + balance.format("CLBD", closing)
        + "".join(entries)
        + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def credit(
    amount: str, text: str, *, name: str = "", iban: str = "", side: str = "CRDT", reference: str = ""
) -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts>"
        "<BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{reference or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def returned(amount: str, reference: str, reason: str = "AM04", *, name: str = "") -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        "<BookgDt><DtTm>2026-11-20T08:00:00</DtTm></BookgDt>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr>"
        f"</RltdPties><RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>"
    )


def entry(
    amount: str,
    side: str = "DBIT",
    day: str = "2026-11-20",
    *,
    marks: str = "",
    refs: str = "",
    inner: str = "",
    status: str = "BOOK",
    text: str = "",
    debtor: str = "",
    creditor: str = "",
) -> str:
    """One camt entry: `marks` stand beside its amount, `refs` and `inner` in its one transaction."""
    parties = "".join(
        f"<{role}><Nm>{name}</Nm></{role}>" for role, name in (("Dbtr", debtor), ("Cdtr", creditor)) if name
    )
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{marks}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls><Refs>{refs}</Refs>{inner}"
        f"<RltdPties>{parties}</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def family(code: str, sub: str) -> str:
    fine = f"<Fmly><Cd>{code}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly>"
    return f"<BkTxCd><Domn><Cd>PMNT</Cd>{fine}</Domn></BkTxCd>"


def reason(code: str) -> str:
    return f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>"


def balance(code: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def page(*entries: str, balances: tuple[tuple[str, str], ...]) -> bytes:
    """One camt.053 with the balances given."""
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt><Id>S1</Id>"
        "<Acct><Id><IBAN>FR0030002005500000157845Z00</IBAN></Id></Acct>"
        + "".join(balance(code, amount) for code, amount in balances)
        + "".join(entries)
        + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def pain002(group: str, *blocks: str) -> bytes:
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.03'><CstmrPmtStsRpt>"
        "<GrpHdr><MsgId>R</MsgId><CreDtTm>2026-11-20T08:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>LOT-11</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>"
        + "".join(f"<OrgnlPmtInfAndSts>{block}</OrgnlPmtInfAndSts>" for block in blocks)
        + "</CstmrPmtStsRpt></Document>"
    ).encode()


def status(reference: str, amount: str, said: str = "RJCT", code: str = "AM04") -> str:
    """One transaction of a pain.002; `said` empty: its block decides."""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId>"
        + (f"<TxSts>{said}</TxSts>" if said else "")
        + (f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else "")
        + f"<OrgnlTxRef><Amt><InstdAmt Ccy='EUR'>{amount}</InstdAmt></Amt>"
        "<ReqdColltnDt>2026-11-20</ReqdColltnDt></OrgnlTxRef></TxInfAndSts>"
    )
