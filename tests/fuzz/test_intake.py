"""Whatever the bytes, a reader answers with rows or with a DomainError; cents never appear nor vanish."""

from __future__ import annotations

import contextlib
import io

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amiable.bank.reading import read_bank
from amiable.domain.errors import DomainError
from amiable.intake import columns
from amiable.intake.reading import SPECS, ListRules, parse

RULES = ListRules(("cantine", "divers"), 30)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
HEADERS = {
    kind: ";".join(f.name for f in spec.fields if f.name != "montant").encode()
    for kind, spec in SPECS.items()
}
CELL = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
NASTY = st.sampled_from(
    ["", '"', '""', "\n", ";", "L1", "31/02/2026", "1,234", "-", "€", "\u00a0", "TOTAL", "=1+1", "\ufeff"]
)


def book() -> bytes:
    made = openpyxl.Workbook()
    made.active.append(["compte", "date_piece", "type", "montant"])
    made.active.append(["L1", "05/10/2026", "quittance", 5])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


BOOK = book()


@pytest.mark.parametrize("kind", list(SPECS))
@SLOW
@given(data=st.binary(max_size=400), with_header=st.booleans())
def test_any_bytes_as_a_list(kind, data, with_header):
    body = HEADERS[kind] + b"\n" + data if with_header else data
    with contextlib.suppress(DomainError):
        parsed = parse(body, kind, rules=RULES)
        assert parsed.checked.good.height + parsed.errors.height + parsed.checked.skipped >= 0


@SLOW
@given(
    data=st.binary(max_size=600),
    start=st.sampled_from([b"", b"01", b"04", b"31", b"34", b"<Document>", b"07"]),
)
def test_any_bytes_as_a_bank_file(data, start):
    with contextlib.suppress(DomainError):
        read_bank(start + data)


@SLOW
@given(
    rows=st.lists(st.lists(st.one_of(CELL, NASTY), min_size=1, max_size=14), max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    cut=st.integers(0, 80),
)
def test_any_rows_in_any_encoding_cut_anywhere(rows, encoding, cut):
    text = "\n".join([HEADERS["movements"].decode(), *(";".join(r) for r in rows)])
    data = text.encode(encoding, errors="replace")
    with contextlib.suppress(DomainError):
        parse(data[: max(len(data) - cut, 0)], "movements", rules=RULES)


@SLOW
@given(cut=st.integers(1, len(BOOK) - 1), flip=st.integers(0, len(BOOK) - 1), value=st.integers(0, 255))
def test_a_damaged_workbook(cut, flip, value):
    for data in (BOOK[:cut], BOOK[:flip] + bytes([value]) + BOOK[flip + 1 :]):
        with contextlib.suppress(DomainError):
            parse(data, "movements", rules=RULES)


@SLOW
@given(cents=st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=30), style=st.integers(0, 4))
def test_an_amount_written_any_way_is_the_same_amount(cents, style):
    def write(value: int) -> str:
        whole, rest = divmod(abs(value), 100)
        space = f"{whole:,}".replace(",", "\u202f")
        forms = [
            f"{whole},{rest:02d}",
            f"{whole}.{rest:02d}",
            f"{space},{rest:02d} €",
            f"{whole:,}.{rest:02d}",
            f"{whole:,}".replace(",", ".") + f",{rest:02d}",
        ]
        return ("-" if value < 0 else "") + forms[style]

    frame = pl.DataFrame({"cell": [write(c) for c in cents]})
    value, problem = columns.amount("cell")
    assert frame.select(value)["cell"].to_list() == cents
    assert frame.select(problem.alias("p"))["p"].drop_nulls().is_empty()


@SLOW
@given(
    rows=st.lists(
        st.tuples(st.integers(1, 10**6), st.sampled_from(["", "Q1", "Q2", 'a"b', " x "])),
        min_size=1,
        max_size=40,
    )
)
def test_cents_are_conserved_from_the_file_to_the_rows(rows):
    lines = [f"L1;05/10/2026;;;quittance;;;{c // 100},{c % 100:02d};;{r}" for c, r in rows]
    header = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference"
    parsed = parse("\n".join([header, *lines, ""]).encode(), "movements", rules=RULES)
    assert parsed.errors.is_empty()
    assert parsed.checked.good["amount_cents"].sum() == sum(c for c, _ in rows)
