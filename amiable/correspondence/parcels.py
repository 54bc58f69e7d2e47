"""The letters of one batch as the printer and the post office's counter want them."""

from __future__ import annotations

import io
from collections.abc import Sequence

from amiable.channels.base import Attachment, Message
from amiable.correspondence import store
from amiable.correspondence.models import Document, OutboxItem
from amiable.correspondence.typeset import DepositRow, deposit_csv


def parcel_message(parcel: str, items: Sequence[OutboxItem]) -> Message:
    """One message with the PDF to print and the deposit list of exactly these letters."""
    parts = (
        Attachment("lot.pdf", store.PDF, merged_pdf(items)),
        Attachment("depot.csv", "text/csv", deposit_csv(deposit_rows(items))),
    )
    return Message(key=parcel, to="", text="", attachments=parts)


def merged_pdf(items: Sequence[OutboxItem]) -> bytes:
    """The batch's PDF, without the pages of letters that stay behind."""
    documents = [item.document for item in items if item.document is not None]
    if not documents:
        return b""
    whole = documents[0].parent
    if whole is None:
        return store.read(documents[0])
    content = store.read(whole)
    if sum(document.pages for document in documents) == whole.pages:
        return content
    return _only(content, documents)


def _only(content: bytes, documents: Sequence[Document]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    for document in documents:
        for page in reader.pages[document.first_page : document.first_page + document.pages]:
            writer.add_page(page)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def deposit_rows(items: Sequence[OutboxItem]) -> list[DepositRow]:
    return [
        DepositRow(
            number=number,
            account=item.account.ref if item.account else "",
            recipient=str(item.person),
            address=address_of(item),
            pages=item.document.pages if item.document else 0,
            tracking_number=item.tracking_number,
        )
        for number, item in enumerate(items, start=1)
    ]


def address_of(item: OutboxItem) -> str:
    """Where the letter goes, on one line: the person's address, else the home written on the letter."""
    where = item.contact_point.value if item.contact_point is not None else item.address
    return ", ".join(where.splitlines())
