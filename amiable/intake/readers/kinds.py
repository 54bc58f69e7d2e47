"""What a file is when it is no list: told from its first bytes, in the words of the person who sent it."""

from __future__ import annotations

import io
import re
import zipfile

from amiable.domain.errors import DomainError

#: Bytes looked at: enough for any header.
LOOKED_AT = 4_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ASK_BANK = "demandez à la banque un CFONB 120 ou un camt.053"
#: Said of a bank file brought as a list.
AS_BANK = "choisissez « Relevé bancaire » (liste « bank »)"
#: Said of an XML file whose message is not known here.
XML = "un fichier XML"
_MAGIC = (
    (b"%PDF-", "un PDF : demandez la liste en CSV ou en .xlsx"),
    (b"{\\rtf", "un texte RTF : enregistrez le tableau en CSV"),
    (b"\x89PNG", "une image : demandez la liste en CSV ou en .xlsx"),
    (b"\xff\xd8\xff", "une image : demandez la liste en CSV ou en .xlsx"),
    (b"\x1f\x8b", "une archive compressée (gzip) : décompressez-la"),
    (b"7z\xbc\xaf", "une archive compressée (7z) : décompressez-la"),
    (b"Rar!", "une archive compressée (RAR) : décompressez-la"),
)
#: Texts that are no table, the most telling first.
_TEXTS = (
    (r"^\s*(?:OFXHEADER|(?:<\?[^>]*>\s*)*<OFX>)", f"un relevé OFX : {_ASK_BANK}"),
    (r"^!(?:Type|Account)", f"un relevé QIF : {_ASK_BANK}"),
    (r"(?s)^.{0,200}:20:.*:25:.*:60[FM]:", f"un relevé MT940 : {_ASK_BANK}"),
    (r"urn:schemas-microsoft-com:office:spreadsheet", "un classeur XML 2003 : enregistrez-le en .xlsx"),
    (r"xsd:(?:camt\.05[234]|pain\.002)", f"un relevé bancaire ISO 20022 : {AS_BANK}"),
    (
        r"(?i)^\s*<(?:!doctype html|html|head|meta|style|body|table)",
        "une page HTML (parfois nommée .xls) : enregistrez-la en .xlsx",
    ),
    (r"^\s*<\?xml|^\s*<[A-Za-z][\w:.-]*[ >]", f"{XML} : demandez la liste en CSV ou en .xlsx"),
    (r"^\s*[{\[]\s*[\"{\[]", "un fichier JSON : demandez la liste en CSV ou en .xlsx"),
)
#: Length, first record, codes and name of the files of fixed records.
_RECORDS = (
    (120, r"01\d{5}[^;\t|,]{20}", ("01", "04", "05", "07"), "CFONB 120"),
    (240, r"31\d{2}[^;\t|,]{20}", ("31", "34", "39"), "CFONB 240"),
)
_ARCHIVES = (
    ("xl/workbook.bin", "un classeur binaire .xlsb : enregistrez-le en .xlsx"),
    ("word/document.xml", "un document Word : enregistrez le tableau en CSV ou en .xlsx"),
    ("ppt/presentation.xml", "une présentation : demandez la liste en CSV ou en .xlsx"),
    ("content.xml", "un document LibreOffice (.ods) : enregistrez-le en .xlsx"),
)


def refuse_other_kinds(data: bytes) -> None:
    """Raise DomainError, saying what the file is, when it is neither a text table nor an XLSX workbook."""
    said = what_it_is(data)
    if said:
        raise DomainError("intake.other_kind", f"Ce fichier est {said}. Rien n'a été importé.")


def what_it_is(data: bytes) -> str:
    """« un PDF : demandez… » for a file of another kind; empty for what may be a list."""
    for magic, said in _MAGIC:
        if data.startswith(magic):
            return said
    if data.startswith(_OLD_OFFICE):
        return _old_office(data)
    if data.startswith(b"PK"):
        return _archive(data)
    text = data[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return _fixed_records(text) or next((said for test, said in _TEXTS if re.search(test, text)), "")


def _old_office(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "un classeur protégé par un mot de passe : enregistrez-le sans mot de passe"
    if "WordDocument".encode("utf-16-le") in data:
        return "un document Word : enregistrez le tableau en CSV ou en .xlsx"
    return "un ancien classeur Excel (.xls) : enregistrez-le en .xlsx"


def _archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except Exception:
        return ""
    if "xl/workbook.xml" in names:
        return ""
    for name, said in _ARCHIVES:
        if name in names:
            return said
    held = ", ".join(f"« {name[-60:]} »" for name in names[:5]) + ("…" if len(names) > 5 else "")
    return f"une archive ZIP ({held or 'vide'}) : décompressez-la et importez les fichiers qu'elle contient"


def _fixed_records(text: str) -> str:
    """A bank's file of fixed records taken for a list, whole or with records of a wrong length."""
    lines = [line.rstrip("\r") for line in text.split("\n")[:20] if line.strip()]
    for width, first, codes, name in _RECORDS:
        whole = lines[:-1] or lines
        if not lines or not re.match(first, lines[0]) or any(line[:2] not in codes for line in whole):
            continue
        wrong = [n for n, line in enumerate(whole, 1) if len(line) != width]
        lengths = f", avec des lignes qui n'ont pas {width} caractères (ligne {wrong[0]})" if wrong else ""
        return f"un relevé bancaire {name}{lengths} : {AS_BANK}"
    return ""
