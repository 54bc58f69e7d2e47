"""The evidence bundle opened in a reader: pages, bookmarks, hashes, attached files, the same bytes twice."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date

from pypdf import PdfReader

from amiable.correspondence import store
from amiable.diary import services as diary
from amiable.diary.writing import write
from amiable.transfer.bundle import MANIFEST, again, build
from amiable.transfer.words import WITHOUT_PIECE
from tests import factories
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
    assert files["piece-001-bail-scanne.pdf"] == FOREIGN
    assert files["piece-002-photo-de-la-boite-aux-lettres.png"] == PNG
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


def test_a_bundle_is_made_again_byte_for_byte_after_other_acts_of_its_day(case: Case):
    """The same day ten acts and a payment, the day after another name and another home: what was decided on
    stands, and is made again from what it froze."""
    kept = build(case.account, TODAY)
    for number in range(10):
        diary.log_event(account=case.account, kind="call", step="", actor=case.officer, today=TODAY)
        store.add_document(
            office=case.office, account=case.account, code="scan", title=f"Courrier {number}",
            content=PNG, dated_on=TODAY, actor=case.officer, media_type="image/png",
        )  # fmt: skip
    factories.payment(case.account, TODAY, 60_000)
    case.account.address = "9 rue des Essais"
    case.account.save()
    assert build(case.account, TODAY).pdf != kept.pdf
    made = again(case.account, kept.pdf)
    assert made.pdf == kept.pdf and made.sha256 == kept.sha256
    assert kept.manifest["known"]["line"] < case.account.diary.latest("pk").pk


def test_each_act_has_its_piece_or_says_that_it_has_none(case: Case):
    """A letter about several accounts is kept with one of them: it is a piece of the others' files too."""
    other = factories.account(case.office, "C0099999", person=case.account.person)
    letter = store.add_document(
        office=case.office, account=other, code="relance_1", title="Relance de deux comptes",
        content=PNG, dated_on=date(2026, 9, 1), actor=case.officer, media_type="image/png",
    )  # fmt: skip
    day = date(2026, 9, 1)
    write(case.account, "letter", on=day, actor=case.officer, document=letter)
    made = build(case.account, TODAY)
    titles = {piece["number"]: piece["title"] for piece in made.manifest["pieces"]}
    told = [act for act in made.manifest["acts"] if act["piece"]]
    assert [titles[act["piece"]] for act in told if act["on"] == "2026-09-01"] == ["Relance de deux comptes"]
    assert len(titles) == made.pieces == len({piece["file"] for piece in made.manifest["pieces"]})
    assert not [piece for piece in made.manifest["pieces"] if piece["file"].endswith(".bin")]
    rows = made.manifest["front"]["acts"]
    assert len(rows) == len(made.manifest["acts"])
    typed = [row for row, act in zip(rows, made.manifest["acts"], strict=True) if not act["piece"]]
    assert typed and {row[-1] for row in typed} == {WITHOUT_PIECE}


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
