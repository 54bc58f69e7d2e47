"""A file that is no list says what it is, whatever its name; a file cut short says that."""

from __future__ import annotations

import io
import zipfile

import pytest

from amiable.bank.reading import read_bank
from amiable.domain.errors import DomainError
from amiable.intake.lists import movements
from amiable.intake.readers.kinds import what_it_is
from amiable.intake.reading import ListRules, parse, read_table

HEAD = "compte;date_piece;type;debit;libelle\n"


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def ole(*streams: str) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + b"".join(s.encode("utf-16-le") for s in streams)
    )


RECORD = "0130002    00550EUR2 0000157845Z 011126" + " " * 81
OTHERS = {
    "un PDF": b"%PDF-1.7\n%\xe2\xe3",
    "archive ZIP (« liste.csv »)": archive("liste.csv"),
    "LibreOffice": archive("mimetype", "content.xml"),
    "Word": archive("word/document.xml"),
    ".xlsb": archive("xl/workbook.bin"),
    "mot de passe": ole("EncryptionInfo", "EncryptedPackage"),
    "ancien classeur Excel": ole("Workbook"),
    "gzip": b"\x1f\x8b\x08\x00",
    "relevé OFX": b"OFXHEADER:100\nDATA:OFXSGML\n<OFX><BANKMSGSRSV1>",
    "un relevé OFX": b'<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>\n<OFX></OFX>',
    "relevé QIF": b"!Type:Bank\nD01/11/2026\nT-5,00\n^\n",
    "MT940": b":20:STARTUMSE\n:25:30002/1\n:28C:1/1\n:60F:C261101EUR5,00\n",
    "page HTML": b"<html><table><tr><td>compte</td></tr></table></html>",
    "classeur XML 2003": b'<?xml version="1.0"?><Book xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    "fichier XML": b'<?xml version="1.0"?><PES_Aller></PES_Aller>',
    "JSON": b'[{"compte": "L1"}]',
    "une image": b"\x89PNG\r\n\x1a\n",
}
BANKS = {
    "ISO 20022": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">',
    "CFONB 120 : choisissez": f"{RECORD}\n{RECORD.replace('01', '07', 1)}\n".encode(),
    "n'ont pas 120 caractères (ligne 2)": f"{RECORD}\n04{RECORD[2:90]}\n{RECORD}\n".encode(),
    "CFONB 240": b"31" + b"0" * 238 + b"\n" + b"39" + b"0" * 238 + b"\n",
}


@pytest.mark.parametrize("words", OTHERS | BANKS)
def test_a_file_of_another_kind_is_named_and_refused(words):
    with pytest.raises(DomainError) as refused:
        read_table((OTHERS | BANKS)[words], movements.SPEC)
    assert words in refused.value.message_fr
    assert refused.value.message_fr.endswith("Rien n'a été importé.")


@pytest.mark.parametrize("words", OTHERS.keys() - {"fichier XML"})
def test_the_bank_names_it_too(words):
    with pytest.raises(DomainError, match="Ce fichier est un") as refused:
        read_bank(OTHERS[words])
    assert words in refused.value.message_fr


@pytest.mark.parametrize(
    "text",
    [
        HEAD, "\ufeff" + HEAD, "Liste au 31/10/2026\n" + HEAD, "compte\tdate\n01234567\t01/11/2026\n",
        "0130002;01/11/2026;quittance;5;x\n", "<5 j>;compte\n", "[liste];compte\n",
    ],
)  # fmt: skip
def test_a_list_is_none_of_them(text):
    assert what_it_is(text.encode()) == ""


def test_a_file_cut_inside_a_letter_says_so_and_its_last_row_is_refused():
    whole = f"{HEAD}L1;13/11/2026;quittance;5,00;mai\nL1;14/11/2026;quittance;5,00;Hér".encode()
    parsed = parse(whole[:-2], "movements", rules=ListRules())
    assert parsed.table.encoding == "utf-8"
    assert parsed.errors.rows() == [(3, "fichier coupé au milieu d'un caractère (UTF-8)")]
    # The same letter whole, in the other encoding, is a letter.
    other = f"{HEAD}L1;13/11/2026;quittance;5,00;mai\nL1;14/11/2026;quittance;5,00;Hé".encode("cp1252")
    assert parse(other, "movements", rules=ListRules()).checked.good.height == 2
