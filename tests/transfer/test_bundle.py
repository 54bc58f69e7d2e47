"""The evidence bundle opened in a reader: pages, bookmarks, hashes, attached files, the same bytes twice."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date

from pypdf import PdfReader

from amiable.correspondence import store
from amiable.transfer.bundle import MANIFEST, build
from tests.transfer.conftest import FOREIGN, PNG, TODAY, Case


def test_it_opens_with_its_bookmarks_and_every_piece(case: Case):
    made = build(case.account, TODAY)
    reader = PdfReader(io.BytesIO(made.pdf))
    assert len(reader.pages) == made.pages
    titles = [one["/Title"] for one in reader.outline if not isinstance(one, list)]
    assert titles[:3] == ["Sommaire", "Moyens amiables", "Décompte par échéance"] and titles[-1] == "Pièces"
    pieces = reader.outline[-1]
    assert [one["/Title"] for one in pieces] == [
        "Pièce 1 : Bail scanné",
        "Pièce 2 : Photo de la boîte aux lettres",
        f"Pièce 3 : {case.account.documents.get(code='decompte').title}",
    ]
    for one, number in zip(pieces, (1, 2, 3), strict=True):
        page = reader.pages[reader.get_destination_page_number(one)]
        assert f"Pièce {number}" in page.extract_text()
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Mise en demeure" in text and "impossible : Revenus inférieurs aux charges" in text
    # Each échéance with its own last day: three years, per échéance (TIME-01).
    assert "05/05/2029" in text and "05/11/2029" in text


def test_the_table_of_contents_names_the_right_pages(case: Case):
    made = build(case.account, TODAY)
    reader = PdfReader(io.BytesIO(made.pdf))
    first = reader.pages[0].extract_text()
    for one in reader.outline[-1]:
        number = reader.get_destination_page_number(one) + 1
        title = one["/Title"].split(" : ", 1)[1]
        row = first[first.index(title[:20]) :]
        assert str(number) in row.split("\n")[0] + row.split("\n")[1]


def test_each_hash_is_that_of_its_piece_and_files_by_others_are_attached(case: Case):
    made = build(case.account, TODAY)
    reader = PdfReader(io.BytesIO(made.pdf))
    files = {name: content[0] for name, content in reader.attachments.items()}
    assert (files["piece-001.pdf"], files["piece-002.png"]) == (FOREIGN, PNG)
    manifest = json.loads(files[MANIFEST])
    assert manifest == made.manifest and manifest["claimed_cents"] == 7 * 60_000
    documents = {document.sha256: document for document in case.account.documents.all()}
    for piece in manifest["pieces"]:
        content = store.read(documents[piece["sha256"]])
        assert hashlib.sha256(content).hexdigest() == piece["sha256"] and len(content) == piece["size"]
    assert [piece["shown"] for piece in manifest["pieces"]] == [False, False, True]
    assert hashlib.sha256(made.pdf).hexdigest() == made.sha256


def test_two_builds_give_the_same_bytes_and_another_day_others(case: Case):
    assert build(case.account, TODAY).pdf == build(case.account, TODAY).pdf
    before = build(case.account, date(2026, 6, 30))
    assert before.pdf != build(case.account, TODAY).pdf
    # On that day neither the visit nor the CCAPEX had taken place.
    assert {"Visite à domicile", "CCAPEX"} <= set(before.missing)
    assert before.pieces == 0 and before.manifest["claimed_cents"] == 2 * 60_000


def test_it_says_it_is_a_pdf_a_3_and_every_font_is_inside(case: Case):
    reader = PdfReader(io.BytesIO(build(case.account, TODAY).pdf))
    root = reader.root_object
    told = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in told and "<pdfaid:conformance>B</pdfaid:conformance>" in told
    assert "/OutputIntents" in root and len(root["/AF"]) == 3
    for page in reader.pages:
        for font in page.get("/Resources", {}).get("/Font", {}).values():
            for inner in font.get_object().get("/DescendantFonts", []):
                assert {"/FontFile2", "/FontFile3"} & set(inner.get_object()["/FontDescriptor"])
