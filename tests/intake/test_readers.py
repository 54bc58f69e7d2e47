"""Files as landlords' programs write them."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from amiable.domain.errors import DomainError
from amiable.intake import mapping as mappings
from amiable.intake.lists import movements, snapshot
from amiable.intake.reading import ListRules, parse, read_table

RULES = ListRules()
HEADER = "compte;date_piece;date_echeance;periode;type;rubrique;libelle;debit;credit;reference"
ROW = "L1;05/10/2026;05/10/2026;10/2026;quittance;LOY;Quittance é;600,00;;Q1"
SAMPLES = Path(os.environ.get("AMIABLE_SAMPLES") or "/nonexistent")


def read(text: str | bytes, kind: str = "movements", mapping=None):
    data = text.encode() if isinstance(text, str) else text
    return parse(data, kind, mapping, rules=RULES)


def good(text: str | bytes, kind: str = "movements"):
    return read(text, kind).checked.good


def test_the_plain_list():
    row = good(f"{HEADER}\n{ROW}\n").row(0, named=True)
    assert row["account"] == "L1"
    assert row["amount_cents"] == 60000
    assert row["document_on"] == date(2026, 10, 5)
    assert row["period"] == date(2026, 10, 1)
    assert row["label"] == "Quittance é"
    assert row["_line"] == 2


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_usual_separator_encoding_and_line_end(separator, encoding, newline):
    row = ROW.replace(";", separator).replace("600,00", "600.00")
    text = newline.join([HEADER.replace(";", separator), row, ""])
    assert good(text.encode(encoding))["label"].to_list() == ["Quittance é"]


def test_utf16_and_binary_are_refused_in_words():
    for data in (f"{HEADER}\n{ROW}\n".encode("utf-16"), b"\x00\x01\x02;abc", b"   \n"):
        with pytest.raises(DomainError):
            read(data)


def test_titles_blank_lines_repeated_headers_and_totals():
    second = ROW.replace("Q1", "Q2")
    text = (
        f"OFFICE;;;\nListe du 20/11/2026;;;\n\n{HEADER}\n\n{ROW}\n{HEADER}\n{second}\n"
        "TOTAL;;;;;;;1 200,00;;\n;;;;;;;;;\n"
    )
    parsed = read(text)
    assert parsed.checked.good["reference"].to_list() == ["Q1", "Q2"]
    assert parsed.checked.good["_line"].to_list() == [6, 8]
    assert parsed.checked.skipped == 1
    assert parsed.errors.is_empty()
    assert [w for w in parsed.checked.warnings if "Dates" not in w] == []


def test_a_wrong_total_is_said():
    parsed = read(f"{HEADER}\n{ROW}\nTOTAL;;;;;;;700,00;;\n")
    assert any("700,00" in warning for warning in parsed.checked.warnings)


def test_a_label_speaking_of_a_total_is_no_total_row():
    parsed = read(f"{HEADER}\n{ROW.replace('Quittance é', 'Total charges 2025')}\n")
    assert parsed.checked.good.height == 1


def test_quoted_cells_with_separators_quotes_and_line_ends():
    text = (
        f'{HEADER}\nL1;05/10/2026;;;quittance;;"a;b ""c""\nd";600,00;;Q1\n'
        '"L2";"05/10/2026";;;"quittance";;"x";"1 234,50";;"Q2"\n'
    )
    frame = good(text)
    assert frame["label"].to_list() == ['a;b "c"\nd', "x"]
    assert frame["_line"].to_list() == [2, 4]
    assert frame["amount_cents"].to_list() == [60000, 123450]


def test_a_stray_quote_stays_in_its_row():
    text = f'{HEADER}\nL1;05/10/2026;;;quittance;;12" écran;600,00;;Q1\nL2;05/10/2026;;;quittance;;b;5;;Q2\n'
    assert good(text)["account"].to_list() == ["L1", "L2"]


def test_rows_with_too_many_cells_are_listed_not_shifted():
    text = f"{HEADER.replace(';', ',')}\nL1,05/10/2026,,,quittance,,x,600,00,,Q1\n"
    parsed = read(text)
    assert parsed.checked.good.is_empty()
    assert parsed.errors.rows()[0][0] == 2
    assert "11 cellules au lieu de 10" in parsed.errors.rows()[0][1]


def test_a_file_cut_in_its_last_amount_loses_that_row_only():
    parsed = read(f"{HEADER}\n{ROW}\nL1;05/11/2026;;;quittance;;x;60")
    assert parsed.checked.good.height == 1
    assert parsed.errors.rows() == [(3, "dernière ligne incomplète (fichier coupé ?)")]


def test_rows_may_leave_out_trailing_empty_cells():
    assert good(f"{HEADER}\nL1;05/10/2026;;;quittance;;x;600,00\n").height == 1


def test_no_header_is_said():
    with pytest.raises(DomainError, match="en-tête"):
        read("a;b;c\n1;2;3\n")


def test_missing_columns_are_named():
    with pytest.raises(DomainError, match="date_piece"):
        read("compte;type;debit\nL1;quittance;5\n")


def test_one_signed_amount_column():
    parsed = read("compte;date_piece;type;montant\nL1;05/10/2026;quittance;600\nL1;06/10/2026;VIR;-600\n")
    assert parsed.checked.good["amount_cents"].to_list() == [60000, -60000]
    mapping = mappings.from_dict({"amount_sign": "credit"}, movements.SPEC)
    parsed = read("compte;date_piece;type;montant\nL1;06/10/2026;VIR;600\n", mapping=mapping)
    assert parsed.checked.good["amount_cents"].to_list() == [-60000]


def test_a_mapping_with_own_names_constants_and_codes():
    mapping = mappings.from_file(
        b"columns: {compte: Loc, date_piece: Le, montant: Eur}\nconstants: {type: quittance}\n",
        movements.SPEC,
    )
    parsed = read("Loc;Le;Eur;Type\nL1;05/10/2026;10;zz\n", mapping=mapping)
    assert parsed.checked.good["kind"].to_list() == [1]
    mapping = mappings.from_dict({"values": {"type": {"ZZ": "encaissement"}}}, movements.SPEC)
    parsed = read("compte;date_piece;type;montant\nL1;05/10/2026;zz;-10\n", mapping=mapping)
    assert parsed.checked.good["kind"].to_list() == [12]


@pytest.mark.parametrize(
    "raw", [b"[1]", b"{", b"columns: {nope: a}", b"{columns: 3}", b"amount_sign: up", b"\xff\xfe"]
)
def test_a_wrong_mapping_is_refused(raw):
    with pytest.raises(DomainError):
        mappings.from_file(raw, movements.SPEC)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("L1;31/02/2026;;;quittance;;x;600,00;;Q", "date impossible « 31/02/2026 »"),
        (";05/10/2026;;;quittance;;x;600,00;;Q", "compte manquant"),
        ("L1;05/10/2026;;;truc;;x;600,00;;Q", "type inconnu « truc »"),
        ("L1;05/10/2026;;;quittance;;x;;;Q", "montant nul ou absent"),
        ("L1;05/10/2026;;;quittance;;x;0,00;;Q", "montant nul ou absent"),
        ("L1;05/10/2026;;;quittance;;x;5;5;Q", "débit et crédit tous deux remplis"),
        ("L1;05/10/2026;;;quittance;;x;;5;Q", "sens du montant : « quittance » est un débit"),
        (
            "L1;05/10/2026;;;encaissement;;x;5;;Q",
            "sens du montant : « encaissement » est un crédit ; un paiement rejeté est du type « rejet », "
            "une somme rendue du type « remboursement »",
        ),
        (
            "L1;05/10/2026;;;apl;;x;5;;Q",
            "sens du montant : « apl » est un crédit ; l’aide reprise par la caisse est du type « indu »",
        ),
        ("L1;05/10/2026;;;remise;;x;5;;Q", "sens du montant : « remise » est un crédit"),
        ("L1;05/10/2026;;;quittance;;x;-5;;Q", "sens du montant : « quittance » est un débit"),
        ("L1;05/10/2026;;;quittance;;x;abc;;Q", "débit illisible « abc »"),
        ("L1;;;;quittance;;x;5;;Q", "date de pièce manquante"),
    ],
)
def test_each_bad_row_says_why(row, reason):
    parsed = read(f"{HEADER}\n{ROW}\n{row}\n")
    assert parsed.checked.good.height == 1
    assert parsed.errors.rows() == [(3, reason)]


def test_aid_taken_back_and_money_returned_are_owed():
    text = f"{HEADER}\nL1;05/10/2026;;;indu;;x;50;;R1\nL1;05/10/2026;;;remboursement;;x;20;;R2\n"
    assert good(text).select("kind", "amount_cents").rows() == [(6, 5000), (7, 2000)]


def test_a_regularisation_goes_both_ways():
    text = f"{HEADER}\nL1;05/10/2026;;;regularisation;;x;;50;R1\nL1;05/10/2026;;;regularisation;;x;-20;;R2\n"
    assert good(text)["amount_cents"].to_list() == [-5000, -2000]


def test_rows_without_reference_are_told_apart_by_their_occurrence():
    twin = "L1;05/10/2026;;;quittance;;x;5;;"
    keys = good(f"{HEADER}\n{twin}\n{twin}\n")["key"].to_list()
    assert len(set(keys)) == 2
    assert good(f"{HEADER}\n{twin}\n")["key"].to_list() == keys[:1]


def test_the_key_of_a_reference_never_changes():
    # Stored in every ledger: a change here would double every list.
    assert good(f"{HEADER}\n{ROW}\n")["key"].to_list() == [movements.reference_key(1, "Q1")]
    assert movements.reference_key(1, "Q1") == movements.stable_key("R|1|Q1")


def workbook(rows, *, merge=None, second=True) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Restes"
    for row in rows:
        sheet.append(row)
    for area in merge or []:
        sheet.merge_cells(area)
    if second:
        book.create_sheet("Lisez-moi").append(["P présent"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_a_merged_header_a_total_and_a_second_sheet():
    data = workbook(
        [
            ["ÉTAT DES RESTES AU 31/10/2026"],
            ["Compte", "Locataire", "Antériorité", None, None, None, "Total"],
            [None, None, "0-30 j", "31-60 j", "61-90 j", "> 90 j", None],
            ["L1", "DUPRÉ", 10.1 + 0.2, 0, 0, 1000, 1010.3],
            ["TOTAL", None, None, None, None, None, 1010.3],
        ],
        merge=["C2:F2"],
    )
    parsed = read(data, "snapshot")
    row = parsed.checked.good.row(0, named=True)
    assert (row["account"], row["as_of"], row["balance_cents"]) == ("L1", date(2026, 10, 31), 101030)
    assert (row["age_0_30_cents"], row["age_plus_90_cents"]) == (1030, 100000)
    assert parsed.checked.skipped == 1
    assert row["_line"] == 4


def test_dates_and_numbers_of_a_workbook():
    data = workbook(
        [["compte", "date_piece", "type", "montant"], [4100, date(2026, 10, 5), "quittance", 600]]
    )
    row = good(data).row(0, named=True)
    assert (row["account"], row["document_on"], row["amount_cents"]) == ("4100", date(2026, 10, 5), 60000)


def test_old_or_broken_workbooks_are_refused():
    for data in (b"\xd0\xcf\x11\xe0abc", b"PK\x03\x04broken", workbook([["a", "b"]])[:-200]):
        with pytest.raises(DomainError):
            read_table(data, movements.SPEC)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="AMIABLE_SAMPLES is not set")
def test_the_samples_of_a_landlord_need_no_mapping():
    parsed = read((SAMPLES / "gsi/mouvements_gsi.csv").read_bytes())
    assert parsed.checked.good.height == 130
    assert parsed.errors.rows() == [(16, "date impossible « 31/02/2026 »")]
    assert parsed.checked.skipped == 1
    assert parsed.checked.warnings == []
    unique = parsed.checked.good.unique(["account", "key"])
    assert unique["amount_cents"].sum() == 1516740
    parsed = read((SAMPLES / "gsi/etat_des_restes.xlsx").read_bytes(), "snapshot")
    assert parsed.checked.good.height == 24
    assert parsed.checked.good["as_of"].unique().to_list() == [date(2026, 10, 31)]


def test_two_balances_of_one_account_are_refused_both():
    checked = snapshot.check(
        read_table(
            b"compte;date_arrete;solde\nL1;31/10/2026;5\nL1;31/10/2026;6\nL2;31/10/2026;0\n", snapshot.SPEC
        ),
        mappings.Mapping(columns={"compte": "compte", "date_arrete": "date_arrete", "solde": "solde"}),
    )
    assert checked.good["account"].to_list() == ["L2"]
    assert checked.errors.height == 2


def test_cents_are_conserved_between_file_and_rows():
    rows = [f"L{i % 7};05/10/2026;;;quittance;;x;{i},{i % 100:02d};;Q{i}" for i in range(1, 3000)]
    frame = good("\n".join([HEADER, *rows, ""]))
    assert frame["amount_cents"].sum() == sum(i * 100 + i % 100 for i in range(1, 3000))
    assert frame.select(pl.col("_line").is_sorted()).item()
