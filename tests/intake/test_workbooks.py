"""Workbooks: all sheets of one list, what is hidden is asked, formulas have results, bounds hold."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.errors import DomainError
from amiable.intake.mapping import Mapping
from amiable.intake.readers import workbook
from amiable.intake.readers.table import LINES_PER_SHEET, place_fr, places_fr
from amiable.intake.reading import ListRules, ParsedList, parse

HEAD = ["compte", "date_piece", "type", "debit", "reference"]


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(**sheets):
    """Sheets by title: each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def row(number: int, account: str = "L1") -> list:
    return [account, date(2026, 11, number % 28 + 1), "quittance", 5 + number, f"Q{number}"]


def read(data, kind="movements", **said) -> ParsedList:
    return parse(
        data if isinstance(data, bytes) else saved(data), kind, Mapping(**said) if said else None,
        rules=ListRules(),
    )  # fmt: skip


def references(parsed: ParsedList) -> list[str]:
    return parsed.checked.good["reference"].to_list()


def rewritten(data: bytes, name: str, change) -> bytes:
    """The archive with one of its files changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            body = source.read(entry)
            target.writestr(entry.filename, change(body) if entry.filename == name else body)
    return out.getvalue()


# --- sheets


def test_sheets_of_one_header_are_one_list_and_the_others_are_named():
    swapped = [HEAD[1], HEAD[0], *HEAD[2:]]
    second = row(2)
    data = book_of(
        Nord=[HEAD, row(1)], Notes=[["à lire", "avant"]],
        Sud=[[], swapped, [second[1], second[0], *second[2:]]], Vide=[],
        Codes=[["code", "libellé"], ["VIR", "virement"]],
    )  # fmt: skip
    parsed = read(data)
    assert references(parsed) == ["Q1", "Q2"]
    assert parsed.checked.good["account"].to_list() == ["L1", "L1"]
    together, left = parsed.checked.warnings[:2]
    assert "1 « Nord », 2 « Sud »" in together
    assert "« Notes », « Codes »" in left
    assert "Vide" not in left


def test_a_row_of_the_second_sheet_says_where_it_stands():
    data = book_of(Nord=[HEAD, row(1)], Sud=[HEAD, row(2), ["L1", "31/02/2026", "quittance", 5, "Q3"]])
    (line, reason), *_ = read(data).errors.rows()
    assert (place_fr(line), reason) == ("feuille 2, ligne 3", "date impossible « 31/02/2026 »")
    assert places_fr([3, 4], 1) == "lignes 3…"
    assert places_fr([3, LINES_PER_SHEET + 4], 5) == "ligne 3, feuille 2, ligne 4"


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 6), min_size=1, max_size=5), blanks=st.integers(0, 3))
def test_no_row_of_any_sheet_is_lost_nor_doubled(counts, blanks):
    number, sheets = 0, {}
    for rank, count in enumerate(counts):
        rows = [[] for _ in range(blanks)] + [HEAD]
        for _ in range(count):
            number += 1
            rows.append(row(number))
        sheets[f"F{rank}"] = rows
    if not number:
        return
    assert references(read(book_of(**sheets))) == [f"Q{n}" for n in range(1, number + 1)]


def test_sheets_with_two_dates_above_their_headers_are_not_mixed():
    head = ["compte", "solde"]
    data = book_of(
        Octobre=[["Restes au 31/10/2026"], head, ["L1", 5]],
        Novembre=[["Restes au 30/11/2026"], head, ["L1", 6]],
    )
    with pytest.raises(DomainError, match="pas la même date"):
        read(data, "snapshot")
    same = book_of(Nord=[["au 31/10/2026"], head, ["L1", 5]], Sud=[["au 31/10/2026"], head, ["L2", 6]])
    assert read(same, "snapshot").checked.good.height == 2


# --- what is hidden


def hidden_book():
    book = book_of(Nord=[HEAD, row(1), row(2)], Caché=[HEAD, row(3)], Listes=[["a", "b"]])
    book["Nord"].row_dimensions[3].hidden = True
    book["Caché"].sheet_state = "veryHidden"
    book["Listes"].sheet_state = "hidden"
    return book


def test_hidden_rows_and_sheets_are_named_and_asked():
    with pytest.raises(DomainError) as asked:
        read(hidden_book())
    assert asked.value.code == "intake.hidden"
    assert "lignes masquées de la feuille « Nord » (3)" in asked.value.message_fr
    assert "feuille masquée « Caché »" in asked.value.message_fr


def test_what_the_officer_says_of_hidden_rows_is_done_and_said():
    shown = read(hidden_book(), hidden="skip")
    assert references(shown) == ["Q1"]
    assert any("laissées de côté : lignes masquées" in w for w in shown.checked.warnings)
    assert any("« Listes (masquée) »" in w for w in shown.checked.warnings)
    everything = read(hidden_book(), hidden="read")
    assert references(everything) == ["Q1", "Q2", "Q3"]
    assert any("Lignes masquées lues" in w for w in everything.checked.warnings)


def test_an_empty_hidden_row_asks_nothing():
    book = book_of(Nord=[HEAD, row(1)])
    book["Nord"].row_dimensions[9].hidden = True
    assert references(read(book)) == ["Q1"]


# --- cells


def test_formulas_without_result_are_refused_with_the_true_reason():
    book = book_of(Nord=[HEAD, ["L1", date(2026, 11, 1), "quittance", "=500+60", "Q1"]])
    with pytest.raises(DomainError) as refused:
        read(book)
    assert "formules sans résultat : ouvrez et enregistrez le classeur" in refused.value.message_fr
    assert "D2" in refused.value.message_fr
    zero = rewritten(
        saved(book), "xl/worksheets/sheet1.xml", lambda body: body.replace(b"<v></v>", b"<v>0</v>")
        .replace(b"<v />", b"<v>0</v>").replace(b"<v/>", b"<v>0</v>"),
    )  # fmt: skip
    with pytest.raises(DomainError, match="formules sans résultat"):
        read(zero)
    solved = rewritten(
        zero, "xl/worksheets/sheet1.xml", lambda body: body.replace(b"<v>0</v>", b"<v>560</v>")
    )
    assert read(solved).checked.good["amount_cents"].to_list() == [56000]


def test_numbers_are_read_as_they_are_shown():
    book = book_of(Nord=[HEAD, [123, date(2026, 11, 1), "quittance", 560.1 + 0.2, 7]])
    book["Nord"]["A2"].number_format = "000000"
    assert read(book).checked.good.select("account", "amount_cents", "reference").rows() == [
        ("000123", 56030, "7")
    ]
    long = book_of(Nord=[HEAD, [12345678901234567890, date(2026, 11, 1), "quittance", 5, "Q1"]])
    assert "abîmé par un tableur" in read(long).errors["reason"][0]


def test_dates_of_the_other_calendar_are_the_same_days():
    book = book_of(Nord=[HEAD, row(1)])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert read(book).checked.good["document_on"].to_list() == [date(2026, 11, 2)]


# --- bounds


def sheet_of(cells: bytes) -> bytes:
    data = saved(book_of(Nord=[HEAD]))
    return rewritten(
        data, "xl/worksheets/sheet1.xml", lambda body: body.replace(b"</sheetData>", cells + b"</sheetData>")
    )


@pytest.mark.parametrize(
    "cells",
    [
        b"".join(b'<row r="%d"><c r="GR%d"><v>1</v></c></row>' % (n, n) for n in range(2, 90_000)),
        b'<row r="2">' + b"<c><v>1</v></c>" * 1_000_000 + b"</row>",
        b"<row><c t='inlineStr'><is><t>" + b"x" * 6_500_000 + b"</t></is></c></row>",
    ],
    ids=["wide rows", "one long row", "one long text"],
)
def test_a_small_workbook_takes_little_memory(cells):
    data = sheet_of(cells)
    assert len(data) < 500_000
    tracemalloc.start()
    try:
        found = workbook.sheets(data)
    except DomainError as refused:
        assert refused.code == "intake.xlsx_bomb"
    else:
        assert sum(len(texts) for sheet in found for _, _, texts in sheet.rows) <= workbook.MAX_COLUMNS + 5
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 60_000_000


def with_shared(data: bytes, *texts: str) -> bytes:
    """The workbook with a table of shared texts, as spreadsheets write them."""
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    body = b"".join(b"<si><r><t>%s</t></r><rPh><t>no</t></rPh></si>" % t.encode() for t in texts)
    relation = (
        b'<Relationship Id="rId99" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    data = rewritten(data, rels, lambda old: old.replace(b"</Relationships>", relation))
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst %s>%s</sst>" % (space, body))
    return out.getvalue()


def test_shared_texts_are_read_and_counted_each_time_a_cell_shows_one():
    data = with_shared(sheet_of(b'<row><c t="s"><v>0</v></c></row>'), "L7")
    assert workbook.sheets(data)[0].rows[-1] == (2, False, ["L7"])
    many = b'<row><c t="s"><v>0</v></c></row>' * 3_000
    with pytest.raises(DomainError, match="volumineux"):
        workbook.sheets(with_shared(sheet_of(many), "x" * 30_000))


def test_an_archive_is_judged_by_the_size_it_declares():
    with pytest.raises(DomainError, match="volumineux"):
        workbook.sheets(sheet_of(b" " * 40_000_000))


def test_entities_are_not_unfolded():
    entity, cell = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>', b"<row><c t='str'><v>&a;</v></c></row>"
    data = rewritten(sheet_of(cell), "xl/worksheets/sheet1.xml", lambda body: entity + body)
    assert "aaaa" not in str([sheet.rows for sheet in workbook.sheets(data)])
