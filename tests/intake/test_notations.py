"""Money, sides, dates and numbers as lists write them: the same truth read from any of them, or a refusal."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.domain.errors import DomainError
from amiable.intake import columns
from amiable.intake.mapping import Mapping
from amiable.intake.reading import ListRules, parse

RULES = ListRules()
FAST = settings(max_examples=150, deadline=None)


def read(text: str, kind: str = "movements", **stated):
    mapping = Mapping(**stated) if stated else None
    return parse(text.encode(), kind, mapping, rules=RULES)


def signed(parsed) -> list[int]:
    return parsed.checked.good["amount_cents"].to_list()


def days(parsed) -> list[date]:
    return parsed.checked.good["document_on"].to_list()


def dated(*cells: str) -> str:
    rows = [f"L1;{cell};quittance;5,00;Q{n}" for n, cell in enumerate(cells)]
    return "\n".join(["compte;date_piece;type;debit;reference", *rows, ""])


# --- dates


def test_a_month_first_column_is_turned_whole_and_said():
    parsed = read(dated("11/1/2026", "10/1/2026", "10/13/2026", "10/25/2026"))
    assert days(parsed) == [date(2026, 11, 1), date(2026, 10, 1), date(2026, 10, 13), date(2026, 10, 25)]
    assert "« 10/13/2026 » (ligne 4)" in parsed.checked.warnings[0]
    assert "mois d'abord" in parsed.checked.warnings[0]


@pytest.mark.parametrize(
    "cells",
    [
        ["05/12/2026", "05/13/2026"],  # one cell is not enough to turn a column
        ["25/12/2026", "12/25/2026", "01/02/2026"],  # it says both
        ["2026-01-11", "10/25/2026", "2026-02-10"],  # a spreadsheet converted what it could
        ["2026-05-10", "2026-07-10", "13/10/2026", "25/10/2026"],
    ],
)
def test_a_column_that_contradicts_itself_is_refused_whole(cells):
    with pytest.raises(DomainError) as refused:
        read(dated(*cells))
    assert refused.value.code == "intake.date_order"
    assert "ligne" in refused.value.message_fr


def test_one_impossible_day_where_nothing_else_depends_on_it_is_only_that_row():
    parsed = read(dated("05/05/2026", "05/13/2026"))
    assert parsed.errors["reason"].to_list() == ["date impossible « 05/13/2026 »"]
    assert "ces lignes sont refusées" in parsed.checked.warnings[0]
    sister = "compte;date_piece;date_echeance;type;debit\n" + "".join(
        f"L1;13/10/2026;{due};quittance;5\n" for due in ("05/12/2026", "05/13/2026")
    )
    assert read(sister).errors["reason"].to_list() == ["date d'échéance impossible « 05/13/2026 »"]


def test_what_the_officer_says_wins_where_the_column_allows_it():
    both = dated("25/12/2026", "12/25/2026", "01/02/2026")
    assert days(read(both, date_order="day")) == [date(2026, 12, 25), date(2026, 2, 1)]
    assert days(read(both, date_order="month")) == [date(2026, 12, 25), date(2026, 1, 2)]
    with pytest.raises(DomainError, match="vous avez dit mois d'abord"):
        read(dated("25/12/2026", "26/12/2026"), date_order="month")


def test_one_wrong_cell_among_many_is_only_that_row():
    parsed = read(dated(*[f"{n}/10/2026" for n in range(13, 29)], "10/25/2026"))
    assert parsed.errors["reason"].to_list() == ["date impossible « 10/25/2026 »"]


def test_a_column_that_says_nothing_is_said_and_a_sister_column_speaks_for_it():
    assert "rien ne dit" in read(dated("05/10/2026")).checked.warnings[0]
    assert read(dated("10/10/2026", "2026-10-05", "20261006")).checked.warnings == []
    sister = "compte;date_piece;date_echeance;type;debit\nL1;05/10/2026;31/10/2026;quittance;5\n"
    assert read(sister).checked.warnings == []
    mixed = "compte;date_piece;date_echeance;type;debit\n" + "".join(
        f"L1;05/10/2026;10/{n}/2026;quittance;5\n" for n in (13, 14)
    )
    with pytest.raises(DomainError, match="une autre colonne est écrite mois d'abord"):
        read(mixed)


def test_887_invoices_month_first_give_no_wrong_date():
    start = date(2025, 1, 2)
    truth = [start + timedelta(days=n * 7 % 700) for n in range(887)]
    parsed = read(dated(*[f"{d.month}/{d.day}/{d.year}" for d in truth]))
    assert days(parsed) == truth
    assert parsed.errors.is_empty()


@FAST
@given(
    truth=st.lists(st.dates(date(1995, 1, 1), date(2090, 1, 1)), min_size=1, max_size=30),
    order=st.sampled_from(["day", "month"]),
    separator=st.sampled_from("/-."),
    padded=st.booleans(),
)
def test_a_column_is_read_as_written_or_refused_never_row_by_row(truth, order, separator, padded):
    width = 2 if padded else 1
    cells = []
    for d in truth:
        first, second = (d.day, d.month) if order == "day" else (d.month, d.day)
        cells.append(separator.join([f"{first:0{width}}", f"{second:0{width}}", str(d.year)]))
    assert days(read(dated(*cells), date_order=order)) == truth
    speaking = {(d.day, d.month) for d in truth if d.day > 12}
    try:
        parsed = read(dated(*cells))
    except DomainError as refused:
        assert order == "month"
        assert refused.code == "intake.date_order"
        return
    read_days = dict(zip(parsed.checked.good["_line"], days(parsed), strict=True))
    if order == "day" or len(speaking) > 1:
        assert list(read_days.values()) == truth
    elif speaking:
        # The one impossible day is refused; no day left could be read another way.
        assert read_days == {n: d for n, d in enumerate(truth, 2) if d.day <= 12}
    else:
        assert parsed.checked.warnings or list(read_days.values()) == truth


# --- amounts and sides


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        (" -   € ", 0), ("-", 0), ("–", 0), ("- €", 0), ("EUR 560,00", 56000), ("€ 560,00", 56000),
        ("560,00eur", 56000), ("–560,00", -56000), ("1’234,50", 123450), ("(560,00 €)", -56000),
        ("560,00 C", 56000), ("560,00D", 56000), ("C 560,00", 56000), ("560,00 Cr.", 56000),
    ],
)  # fmt: skip
def test_usual_notations_of_money(cell, cents):
    frame = pl.DataFrame({"cell": [cell]})
    value, problem, _ = columns.sided_amount("cell")
    assert frame.select(value, problem=problem).row(0) == (cents, None)


@pytest.mark.parametrize("cell", ["--", "-560,00 C", "560,00- D", "(5,00) C", "560,00 X", "C", "D C 5"])
def test_notations_that_say_two_things_or_none(cell):
    frame = pl.DataFrame({"cell": [cell]})
    for value, problem, *_ in (columns.sided_amount("cell"), columns.amount("cell")):
        found, reason = frame.select(value, problem=problem).row(0)
        assert found is None
        assert cell in reason


@pytest.mark.parametrize("cell", ["560,00 C", "D 560,00", "560,00 EUR D"])
def test_a_side_where_a_column_has_none_is_not_dropped(cell):
    value, problem = columns.amount("cell")
    assert pl.DataFrame({"cell": [cell]}).select(value, problem=problem).row(0) == (
        None,
        f"montant illisible « {cell} »",
    )


def test_accounting_zeros_beside_a_figure():
    text = "compte;date_piece;type;debit;credit\nL1;13/11/2026;quittance; 560,00 € ; -   € \n"
    assert signed(read(text + "L1;15/11/2026;VIR; -   € ; 560,00 € \n")) == [56000, -56000]


@pytest.mark.parametrize("sides", [("D", "C"), ("Débit", "Crédit"), ("db", "cr"), ("+1", "-1"), ("1", "-1")])
def test_an_amount_with_its_side_in_another_column(sides):
    head = "compte;date_piece;type;montant;sens\n"
    debit, credit = sides
    rows = f"L1;13/11/2026;quittance;560,00;{debit}\nL1;15/11/2026;VIR;560,00;{credit}\n"
    assert signed(read(head + rows)) == [56000, -56000]
    # Whatever a bare positive amount means for the source, the letter decides.
    assert signed(read(head + rows, amount_sign="credit")) == [56000, -56000]
    assert signed(read(head + rows.replace("VIR;560", "VIR;-560"))) == [56000, -56000]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("regul;560,00;", "sens manquant (débit ou crédit)"),
        ("regul;560,00;Z", "sens inconnu « Z »"),
        ("regul;-560,00;D", "signe et sens du montant se contredisent"),
        ("regul;560,00 C;D", "sens contradictoires : la colonne du sens et le montant"),
    ],
)
def test_a_side_that_is_missing_or_contradicts_is_refused(row, reason):
    text = f"compte;date_piece;type;montant;sens\nL1;13/11/2026;{row}\nL1;13/11/2026;VIR;5,00;C\n"
    assert reason in read(text).errors["reason"][0]


def test_a_side_beside_two_columns_agrees_with_them():
    head = "compte;date_piece;type;debit;credit;sens\n"
    assert signed(read(head + "L1;13/11/2026;regul;5;;D\nL1;15/11/2026;regul;;5;C\n")) == [500, -500]
    assert "contraire" in read(head + "L1;13/11/2026;regul;5;;C\n").errors["reason"][0]


def test_a_balance_is_signed_by_its_side():
    text = (
        "compte;date_arrete;solde;sens\nL1;13/11/2026;5,00;D\nL2;13/11/2026;6,00;C\nL3;13/11/2026;7,00 C;\n"
    )
    assert read(text, "snapshot").checked.good["balance_cents"].to_list() == [500, -600, -700]


def test_a_side_inside_the_amount():
    head = "compte;date_piece;type;montant\n"
    assert signed(read(head + "L1;13/11/2026;regul;560,00 D\nL1;15/11/2026;regul;560,00 C\n")) == [
        56000,
        -56000,
    ]
    assert read(head + "L1;13/11/2026;regul;5,00\nL1;15/11/2026;regul;5 C\n").errors["reason"].to_list() == [
        "sens manquant (débit ou crédit)"
    ]
    wrong = "compte;date_piece;type;debit;credit\nL1;13/11/2026;regul;5,00 C;\n"
    assert "contraire à sa colonne" in read(wrong).errors["reason"][0]


STYLES = ("two", "dashes", "signed", "credit positive", "sens", "letter", "parentheses", "sens signed")


@FAST
@given(
    truth=st.lists(st.integers(-(10**7), 10**7).filter(bool), min_size=1, max_size=20),
    style=st.sampled_from(STYLES),
    space=st.sampled_from(["", " ", "\u00a0", "\u202f", "."]),
    unit=st.sampled_from(["", " €", "€", " EUR"]),
)
def test_one_truth_in_any_layout_gives_the_same_cents(truth, style, space, unit):
    def money(cents: int) -> str:
        return f"{abs(cents) // 100:,}".replace(",", space) + f",{abs(cents) % 100:02d}{unit}"

    two = style in ("two", "dashes")
    head = "compte;date_piece;type;" + (
        "debit;credit" if two else "montant;sens" if "sens" in style else "montant"
    )
    rows = []
    for cents in truth:
        text, letter = money(cents), "D" if cents > 0 else "C"
        zero = " -   € " if style == "dashes" else ""
        rows.append(
            {
                "two": f"{text};" if cents > 0 else f";{text}",
                "dashes": f"{text};{zero}" if cents > 0 else f"{zero};{text}",
                "signed": text if cents > 0 else f"-{text}",
                "credit positive": f"-{text}" if cents > 0 else text,
                "sens": f"{text};{letter}",
                "letter": f"{text} {letter}",
                "parentheses": text if cents > 0 else f"({text})",
                "sens signed": f"{text};D" if cents > 0 else f"-{text};C",
            }[style]
        )
    text = "\n".join([head, *(f"L1;13/11/2026;regul;{row}" for row in rows), ""])
    parsed = read(text, amount_sign="credit") if style == "credit positive" else read(text)
    assert parsed.errors.is_empty()
    assert signed(parsed) == truth


# --- identifiers


@pytest.mark.parametrize("ref", ["1,23457E+11", "2,0E+11", "1.5e12", "123456.0", "####", "#N/A"])
def test_a_number_spoiled_by_a_spreadsheet_is_refused(ref):
    parsed = read(f"compte;nom;prenom;loyer\n{ref};DURAND;Eve;500,00\n", "accounts")
    assert parsed.errors["reason"].to_list() == [f"numéro de compte abîmé par un tableur « {ref} »"]
    row = f"compte;date_piece;type;debit;reference\nL1;13/11/2026;quittance;5;{ref}\n"
    assert "numéro de pièce abîmé" in read(row).errors["reason"][0]


def test_lost_leading_zeros_are_noticed_beside_sisters_that_kept_them():
    text = "compte;nom\n000123;A\n000456;B\n789;C\n1234567;D\nL12;E\n"
    parsed = read(text, "accounts")
    assert parsed.errors["reason"].to_list() == [
        "numéro de compte sans ses zéros de tête (perdus par un tableur ?) « 789 »"
    ]
    assert read("compte;nom\n123;A\n45;B\n", "accounts").errors.is_empty()


def test_abbreviated_heads_and_codes_are_known():
    text = "compte;nom;Loyer nu;Prov. charges;Tél. portable\nL1;A;500,00;50,00;06 39 98 00 01\n"
    row = read(text, "accounts").checked.good.row(0, named=True)
    assert (row["rent_cents"], row["charges_cents"], row["phone"]) == (50000, 5000, "06 39 98 00 01")
    text = "compte;date_piece;type;montant\nL1;13/11/2026;QUITT;500,00\n"
    assert signed(read(text)) == [50000]
