"""The PDF is opened and read back, as a printer, a screen reader and a post office would."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from amiable.correspondence import catalogue
from amiable.correspondence.typeset import (
    DepositRow,
    deposit_csv,
    deposit_list,
    drawable,
    typeset,
)

from .samples import HEAD, letter

MM = 72 / 25.4
A4_HEIGHT = 842


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def places(reader: PdfReader, page: int = 0) -> dict[str, tuple[float, float]]:
    """Where each piece of text starts, in mm from the left and the top of the sheet."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text, cm, tm, font, size):
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip():
            found.setdefault(text.strip(), (x / MM, (A4_HEIGHT - y) / MM))

    reader.pages[page].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("code", [c for c, w in catalogue.catalogue().items() if w.is_letter])
def test_every_shipped_letter_is_an_accessible_pdf(code):
    reader = read(typeset("Lot", HEAD, [letter(code)]).pdf)
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Lot"
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else False
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Samira DURAND" in text and "Objet :" in text
    # Only what asks for money says « sauf paiement entre-temps ».
    said = " ".join(text.split()).replace("- ", "-")
    asked = [mention for mention in catalogue.get(code).mentions if mention.id == "entre_temps"]
    assert all(mention.is_in(said, set()) for mention in asked)
    assert "{{" not in text and "None" not in text


def test_table_headers_are_tagged_as_headers():
    reader = read(typeset("Lot", HEAD, [letter("relance_1")]).pdf)
    kinds = set()

    def walk(node, depth=0):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child, depth + 1)
        elif isinstance(node, dict):
            kinds.add(node.get("/S"))
            if "/K" in node:
                walk(node["/K"], depth + 1)

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert {"/Table", "/TH", "/TD", "/H1"} <= kinds


def test_the_address_stands_in_the_window():
    found = places(read(typeset("Lot", HEAD, [letter("mise_en_demeure")]).pdf))
    left, top = next(place for text, place in found.items() if text.startswith("Mme Samira"))
    assert 100 <= left <= 110
    assert 45 <= top <= 60
    _, bottom = next(place for text, place in found.items() if text.startswith("69003 LYON"))
    assert bottom <= 85


def test_page_ranges_and_bookmarks_of_a_batch():
    long = {"tableau_des_sommes": None}
    letters = [letter("relance_1", "a"), letter("decompte", "b"), letter("relance_1", "c", **long)]
    typed = typeset("Lot", HEAD, letters)
    reader = read(typed.pdf)
    assert typed.ranges == [(0, 1), (1, 2), (3, 1)]
    assert len(reader.pages) == 4
    assert len(reader.outline) == 3
    assert "Page 2 sur 2" in reader.pages[2].extract_text()
    assert "Page" not in reader.pages[3].extract_text()


def test_data_is_never_markup():
    nasty = "#panic() *a* $x$ _b_ \\ @c <d> [e] {{ montant_du }}"
    pdf = typeset("Lot", HEAD, [letter("relance_1", recipient=(nasty, "1 rue A"))]).pdf
    assert nasty in read(pdf).pages[0].extract_text().replace("\n", " ")


def test_a_name_the_font_lacks_does_not_stop_the_batch():
    people = ("NGUYỄN Văn Tâm 王 😀", "rue Œuf n° 3 ≥ 2\u202f€", "Łódź\u0007")
    pdf = typeset("Lot", HEAD, [letter("relance_1", recipient=people)]).pdf
    text = read(pdf).pages[0].extract_text()
    assert "NGUYÊN Van Tâm ? ?" in text or "NGUYÊN Văn Tâm ? ?" in text
    assert "rue Œuf n° 3 >= 2" in text and "Łódź" in text


def test_drawable_keeps_what_the_font_holds():
    assert drawable("Çà et là, l’œuvre : 12\u00a0€ « oui »") == "Çà et là, l’œuvre : 12\u00a0€ « oui »"


def test_the_signature_is_never_alone_on_its_page():
    pdf = typeset("Lot", HEAD, [letter("mise_en_demeure_payer")]).pdf
    last = read(pdf).pages[-1].extract_text()
    assert last.index("salutations") < last.index("Pour Habitat")


def test_deposit_list():
    rows = [DepositRow(1, "C1", "=cmd()", "1 rue A, 69001 LYON", 2, "1A 1"), DepositRow(2, "C2", "B", "c", 1)]
    text = read(deposit_list("Liste de dépôt", "OPH", "2 lettres", rows)).pages[0].extract_text()
    assert "1A 1" in text and "=cmd()" in text and "Numéro de" in text
    lines = deposit_csv(rows).decode("utf-8-sig").splitlines()
    assert lines[1] == "1;C1;'=cmd();1 rue A, 69001 LYON;2;1A 1"
