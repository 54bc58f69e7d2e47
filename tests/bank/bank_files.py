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
