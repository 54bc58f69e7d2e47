"""The pieces of an evidence bundle: every document of the account, as pages or as an attached file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.text import slugify
from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from amiable.accounts.models import Account
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.diary.models import DiaryEntry

#: Documents about several people, or about nobody: never a piece of one person's file.
NOT_PIECES = ("lot", "depot", "bundle", "bundle_manifest")


@dataclass(frozen=True)
class Piece:
    """number: its mark in the bundle; pages: what is shown; attached: the file that cannot be shown as is."""

    number: int
    document_id: int
    title: str
    dated_on: date
    sha256: str
    size: int
    media_type: str
    pages: tuple[PageObject, ...]
    attached: bytes | None

    @property
    def filename(self) -> str:
        """What it is and its type, by its name alone."""
        return f"piece-{self.number:03d}-{slugify(self.title)[:60]}{store.suffix(self.media_type)}"


def pieces_of(account: Account, as_of: date, acts: Sequence[DiaryEntry] = ()) -> list[Piece]:
    """Every document of the account dated by then, and those of its acts (a letter about several accounts is
    kept with the first), oldest first, its bytes checked against their hash."""
    theirs = Q(account=account, dated_on__lte=as_of) | Q(pk__in=[act.document_id for act in acts])
    found = Document.objects.filter(theirs).exclude(code__in=NOT_PIECES)
    return numbered(_in_order(found), account, as_of)


def numbered(documents: Sequence[Document], account: Account, as_of: date) -> list[Piece]:
    """These documents as the pieces of an account's file, in the order given."""
    return [_piece(number, one, _title(one, account, as_of)) for number, one in enumerate(documents, start=1)]


def _title(document: Document, account: Account, as_of: date) -> str:
    """A paper older than the recevabilité may tell a debt frozen since: the table says so (SUR-02)."""
    split_on = account.split_on
    if split_on is None or split_on > as_of or document.dated_on > split_on:
        return document.title
    return f"{document.title} (avant la recevabilité du {split_on:%d/%m/%Y})"


def _in_order(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda one: (one.dated_on, one.pk))


def _piece(number: int, document: Document, title: str) -> Piece:
    content = store.read(document)
    pages = _showable(content) if document.media_type == store.PDF else ()
    return Piece(
        number=number,
        document_id=document.pk,
        title=title,
        dated_on=document.dated_on,
        sha256=document.sha256,
        size=len(content),
        media_type=document.media_type,
        pages=pages,
        attached=None if pages else content,
    )


def _showable(content: bytes) -> tuple[PageObject, ...]:
    """The pages of a PDF that can stand in a PDF/A: readable, not locked, every font inside; else none."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            return ()
        pages = tuple(reader.pages)
    except (PyPdfError, ValueError, KeyError, OSError):
        return ()
    return pages if all(_fonts_are_inside(page) for page in pages) else ()


def _fonts_are_inside(page: PageObject) -> bool:
    fonts = (page.get("/Resources") or {}).get("/Font") or {}
    return all(_is_inside(font.get_object()) for font in fonts.values())


def _is_inside(font: dict) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    inner = font.get("/DescendantFonts")
    descriptors = [one.get_object() for one in inner] if inner else [font]
    keys = ("/FontFile", "/FontFile2", "/FontFile3")
    return all(any(k in (one.get("/FontDescriptor") or {}) for k in keys) for one in descriptors)
