"""Documents: bytes written once under AMIABLE_HOME/documents, named by their SHA-256, and their rows."""

from __future__ import annotations

import hashlib
import io
import mimetypes
from datetime import date
from pathlib import Path

from django.conf import settings

from amiable.accounts.models import Account
from amiable.channels.spool import write_once
from amiable.core.models import Office, User
from amiable.correspondence.models import Document
from amiable.domain.errors import DomainError
from amiable.parties.models import Person

PDF = "application/pdf"


#: The types of files kept, and the end of a name that opens them.
SUFFIXES = {
    PDF: ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/json": ".json",
}


def suffix(media_type: str) -> str:
    """The end of the name of a file of this type."""
    return SUFFIXES.get(media_type) or mimetypes.guess_extension(media_type) or ""


def _folder(sha256: str) -> Path:
    # Two levels: a folder of 100 000 files is slow to list and to back up.
    return Path(settings.AMIABLE_HOME) / "documents" / sha256[:2]


def put(content: bytes) -> str:
    """Store `content` and return its SHA-256; storing it twice keeps one file. A kill leaves no half file."""
    sha256 = hashlib.sha256(content).hexdigest()
    write_once(_folder(sha256), sha256, "", content)
    return sha256


def add_document(
    *,
    office: Office,
    code: str,
    title: str,
    content: bytes,
    dated_on: date,
    actor: User | None,
    account: Account | None = None,
    person: Person | None = None,
    media_type: str = PDF,
    pages: int = 0,
) -> Document:
    """An immutable document: its bytes on disk first, then its row."""
    return Document.objects.create(
        office=office,
        account=account,
        person=person,
        code=code,
        title=title[:160],
        media_type=media_type,
        sha256=put(content),
        size=len(content),
        pages=pages,
        dated_on=dated_on,
        created_by=actor,
    )


def read(document: Document) -> bytes:
    """The document's bytes, checked against their name; the pages of a letter out of its batch's PDF.

    Raises DomainError when the file is gone or is no longer what was sent."""
    path = _folder(document.sha256) / document.sha256
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DomainError(
            "document_missing", "Le fichier de ce document est introuvable. Prévenez l’administrateur."
        ) from None
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise DomainError(
            "document_altered",
            "Le fichier de ce document a été modifié depuis sa création : il n’est pas affiché.",
        )
    if document.parent_id is None:
        return content
    return pages_of(content, document.first_page, document.pages, document.title)


def pages_of(content: bytes, first: int, count: int, title: str) -> bytes:
    """Pages `first` (from 0) to `first + count` of a PDF, as a PDF of its own that keeps the language."""
    # Not at the top: every command would read it, and one in a hundred opens a PDF.
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject

    source = PdfReader(io.BytesIO(content))
    writer = PdfWriter()
    for page in source.pages[first : first + count]:
        writer.add_page(page)
    writer.add_metadata({"/Title": title})
    language = source.root_object.get("/Lang")
    if language is not None:
        writer.root_object[NameObject("/Lang")] = language
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()
