"""One PDF/A-3b for the judge: summary, acts, statement, then every piece, numbered and hashed.

Nothing of the clock goes in, the date is that of the statement. What a bundle says is frozen in its manifest,
with the last entry, line and document it knew: `again` makes the same bytes from it, whatever was done since,
the same day or later. A piece whose file cannot stand in a PDF/A (a scan by others) is attached whole, with
a page that says so.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db.models import Max
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from amiable.accounts.models import Account
from amiable.correspondence.models import Document
from amiable.correspondence.press import compile_pdf
from amiable.correspondence.typeset import drawable
from amiable.domain.cases.transfer import gate
from amiable.domain.check import OK, WATCH, Check
from amiable.domain.errors import DomainError
from amiable.domain.text.french import euros, long_date
from amiable.outreach.statement import history
from amiable.outreach.values import full_name, home
from amiable.transfer.evidence import Evidence, gather, is_back
from amiable.transfer.pieces import Piece, numbered, pieces_of
from amiable.transfer.words import act_words, piece_words

STANDARD = "a-3b"
MANIFEST = "manifeste.json"

#: What the manifest of a bundle calls these states since its first version: others read it.
_STATES = {OK: "done", WATCH: "info"}


@dataclass(frozen=True)
class Bundle:
    """pdf: its bytes; manifest: what they hold; sha256: of the PDF; missing: labels the gate still lacks."""

    pdf: bytes
    manifest: dict[str, Any]
    pages: int
    pieces: int
    sha256: str
    missing: tuple[str, ...]


def build(account: Account, as_of: date) -> Bundle:
    """The evidence bundle of an account on a day. Writes nothing."""
    evidence = gather(account, as_of)
    pieces = pieces_of(account, as_of, evidence.acts)
    checks = gate(evidence.tried)
    missing = tuple(check.label_fr for check in checks if check.is_open)
    return _made(_manifest(evidence, checks, pieces), pieces, as_of, missing)


def again(account: Account, kept: bytes) -> Bundle:
    """A bundle made anew from what it froze and from the files of its pieces: the same bytes, or one of its
    files changed. DomainError when it froze nothing (an older one)."""
    found = PdfReader(io.BytesIO(kept)).attachments.get(MANIFEST)
    manifest = json.loads(found[0]) if found else {}
    if "front" not in manifest:
        raise DomainError("bundle_not_frozen", "Ce dossier est d’une version qui ne se refait pas.")
    known = Document.objects.in_bulk([piece["document"] for piece in manifest["pieces"]])
    as_of = date.fromisoformat(manifest["as_of"])
    documents = [known[piece["document"]] for piece in manifest["pieces"]]
    return _made(manifest, numbered(documents, account, as_of), as_of, ())


def _made(manifest: dict[str, Any], pieces: Sequence[Piece], as_of: date, missing: tuple[str, ...]) -> Bundle:
    data = manifest["front"]
    front = _typeset("bundle.typ", data | {"pieces": _listed(pieces, 1)})
    # The table of contents names pages that come after it: it is laid out once to know its own length.
    front = _typeset("bundle.typ", data | {"pieces": _listed(pieces, _count(front))})
    pdf, pages = _assembled(front, _stamps(data, pieces), pieces, manifest, as_of)
    return Bundle(
        pdf=pdf,
        manifest=manifest,
        pages=pages,
        pieces=len(pieces),
        sha256=hashlib.sha256(pdf).hexdigest(),
        missing=missing,
    )


def _instant(account: Account) -> dict[str, int]:
    """The last entry, line and document known: what came after is in no page."""
    rows = {"entry": account.entries, "line": account.diary, "document": account.documents}
    return {name: found.aggregate(last=Max("pk"))["last"] or 0 for name, found in rows.items()}


def _manifest(evidence: Evidence, checks: Sequence[Check], pieces: Sequence[Piece]) -> dict[str, Any]:
    """The structured export: amounts in cents, dates in ISO, one SHA-256 per piece; `front`: what its own
    pages say, `known`: up to where."""
    account = evidence.account
    numbers = {piece.document_id: piece.number for piece in pieces}
    return {
        "front": _front(evidence, checks, numbers),
        "known": _instant(account),
        "account": account.ref,
        "as_of": evidence.as_of.isoformat(),
        "creditor": account.office.name,
        "debtor": full_name(account.person),
        "home": home(account),
        "lease_on": account.lease_on.isoformat() if account.lease_on else None,
        "claimed_cents": evidence.tried.claimed_cents,
        "items": [
            {
                "due_on": due.on.isoformat(),
                "label": due.label_fr,
                "rest_cents": due.rest_cents,
                "prescribes_on": due.prescribes_on.isoformat() if due.prescribes_on else None,
            }
            for due in evidence.dues
        ],
        "checks": [
            {
                "code": c.code,
                "label": c.label_fr,
                "state": _STATES.get(c.state, c.state),
                "detail": c.said_fr,
                "rules": list(c.rules),
            }
            for c in checks
        ],
        "acts": [
            {
                "on": act.on.isoformat(),
                "kind": act.kind,
                "step": act.step,
                "outcome": act.outcome,
                "came_back": is_back(act),
                "piece": numbers.get(act.document_id or 0),
            }
            for act in evidence.acts
        ],
        "pieces": [
            {
                "number": piece.number,
                "document": piece.document_id,
                "file": piece.filename,
                "title": piece.title,
                "on": piece.dated_on.isoformat(),
                "media_type": piece.media_type,
                "size": piece.size,
                "sha256": piece.sha256,
                "shown": piece.attached is None,
            }
            for piece in pieces
        ],
    }


# The pages laid out here ------------------------------------------------------------------------------------


def _folder() -> Path:
    return Path(str(files("amiable").joinpath("letters")))


def _typeset(layout: str, data: dict[str, Any]) -> bytes:
    pdf, _ = compile_pdf(_folder(), layout, _drawable(data), standard=STANDARD)
    return pdf


def _drawable(value: Any) -> Any:
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {key: _drawable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(each) for each in value]
    return value


def _count(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def _listed(pieces: Sequence[Piece], length: int) -> list[list[str]]:
    """The rows of the table of contents, after `length` pages."""
    page, listed = length + 1, []
    for piece in pieces:
        listed.append([str(piece.number), f"{piece.dated_on:%d/%m/%Y}", piece.title, str(page), piece.sha256])
        page += max(1, len(piece.pages))
    return listed


def _front(evidence: Evidence, checks: Sequence[Check], numbers: Mapping[int, int]) -> dict[str, Any]:
    """What the pages of the bundle's own say, but for the list of its pieces."""
    account, on = evidence.account, evidence.as_of
    return {
        **_common(account, on),
        "office": account.office.name,
        "subtitle": f"{full_name(account.person)}, compte {account.ref}",
        "identity": [
            ["Créancier", account.office.name],
            ["Débiteur", full_name(account.person)],
            ["Logement", home(account) or "—"],
            ["Bail", f"signé le {long_date(account.lease_on)}" if account.lease_on else "date inconnue"],
            ["Somme exigible", euros(evidence.tried.claimed_cents)],
            ["Arrêtée au", long_date(on)],
        ],
        "checks": [[c.label_fr, c.state_fr, c.said_fr, ", ".join(c.rules)] for c in checks],
        "dues": [
            [
                f"{due.on:%d/%m/%Y}",
                due.label_fr,
                euros(due.rest_cents),
                f"{due.prescribes_on:%d/%m/%Y}" if due.prescribes_on else "—",
            ]
            for due in evidence.dues
        ],
        "acts": [[*act_words(act, evidence.step_labels), piece_words(act, numbers)] for act in evidence.acts],
        "history": history(account, on),
    }


def _stamps(data: Mapping[str, Any], pieces: Sequence[Piece]) -> bytes:
    """One page per page of a piece: its mark to lay over a shown page, a whole page for an attached file."""
    marks: list[dict[str, Any]] = []
    for piece in pieces:
        count = max(1, len(piece.pages))
        for page in range(1, count + 1):
            mark = f"Pièce {piece.number}" + (f", page {page} sur {count}" if count > 1 else "")
            told = (
                []
                if piece.attached is None
                else [
                    piece.title,
                    f"du {long_date(piece.dated_on)}",
                    f"Fichier joint à ce document : {piece.filename}",
                    f"Empreinte SHA-256 : {piece.sha256}",
                ]
            )
            marks.append({"mark": mark, "told": told})
    if not marks:
        return b""
    return _typeset("bundle_marks.typ", {"title": data["title"], "date": data["date"], "marks": marks})


def _common(account: Account, on: date) -> dict[str, Any]:
    return {"title": f"Dossier de transmission, compte {account.ref}", "date": [on.year, on.month, on.day]}


# Putting them together --------------------------------------------------------------------------------------


def _assembled(
    front: bytes, stamps: bytes, pieces: Sequence[Piece], manifest: dict[str, Any], as_of: date
) -> tuple[bytes, int]:
    writer = PdfWriter(clone_from=io.BytesIO(front))
    marks = iter(PdfReader(io.BytesIO(stamps)).pages if stamps else ())
    heading = None
    for piece in pieces:
        first = len(writer.pages)
        for shown in piece.pages or (None,):
            mark = next(marks)
            if shown is None:
                writer.add_page(mark)
            else:
                writer.add_page(shown)
                writer.pages[-1].merge_page(mark)
        if heading is None:
            heading = writer.add_outline_item(title="Pièces", page_number=first)
        title = f"Pièce {piece.number} : {piece.title}"
        writer.add_outline_item(title=title, page_number=first, parent=heading)
        if piece.attached is not None:
            _attach(writer, piece.filename, piece.media_type, piece.attached, as_of)
    content = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    _attach(writer, MANIFEST, "application/json", content, as_of)
    for page in writer.pages:
        # Links and forms of a piece act on nothing here, and a PDF/A allows no action.
        for key in ("/AA", "/Annots"):
            if key in page and page.get("/StructParents") is None:
                del page[key]
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue(), len(writer.pages)


def _attach(writer: PdfWriter, name: str, media_type: str, content: bytes, as_of: date) -> None:
    """An associated file as PDF/A-3 wants it: its type, its date, its relation to the document are said."""
    stream = DecodedStreamObject()
    stream.set_data(content)
    stream.update(
        {
            NameObject("/Type"): NameObject("/EmbeddedFile"),
            NameObject("/Subtype"): NameObject(f"/{media_type}"),
            NameObject("/Params"): DictionaryObject(
                {
                    NameObject("/Size"): NumberObject(len(content)),
                    NameObject("/ModDate"): TextStringObject(f"D:{as_of:%Y%m%d}000000Z"),
                }
            ),
        }
    )
    kept = writer._add_object(stream)
    spec = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject(name),
                NameObject("/UF"): TextStringObject(name),
                NameObject("/AFRelationship"): NameObject("/Supplement"),
                NameObject("/EF"): DictionaryObject({NameObject("/F"): kept, NameObject("/UF"): kept}),
            }
        )
    )
    root = writer.root_object
    names = root.setdefault(NameObject("/Names"), DictionaryObject())
    tree = names.setdefault(
        NameObject("/EmbeddedFiles"), DictionaryObject({NameObject("/Names"): ArrayObject()})
    )
    tree[NameObject("/Names")].extend([TextStringObject(name), spec])
    root.setdefault(NameObject("/AF"), ArrayObject()).append(spec)
