"""Documents, shown within the reader's scope only."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from amiable.accounts.models import Account
from amiable.core import clock
from amiable.core.access import fetch
from amiable.correspondence import store
from amiable.correspondence.models import Document
from amiable.outreach import services
from amiable.outreach.models import Batch
from amiable.web.kit.perform import reads

#: What a saved document is called, so that the reader's computer opens it with the right program.
_EXTENSIONS = {
    store.PDF: "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/calendar": "ics",
    "application/json": "json",
}


@reads("read_accounts")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A document's bytes. What belongs to a batch (merged letters, deposit list) is seen by whoever may see
    that batch: it holds the names of a whole agency."""
    document = fetch(Document, request.user, related=("parent",), pk=pk)
    if document.account_id is None:
        of_batch = Q(lines__document__parent=document) | Q(deposit_list=document)
        found = Batch.objects.filter(of_batch).values_list("pk", flat=True).first()
        if found is not None:
            fetch(Batch, request.user, pk=found)
    return _inline(store.read(document), document.title, document.media_type)


@reads("read_accounts")
def statement(request: HttpRequest, ref: str) -> HttpResponse:
    """The account's décompte as a letter, today (document 9)."""
    related = ("person", "office", "agency", "officer")
    account = fetch(Account, request.user, related=related, ref=ref)
    now = clock.now()
    draft = services.preview(account, "decompte", now)
    return _inline(services.preview_pdf(account, draft), f"Décompte {account.ref}", store.PDF)


def _inline(content: bytes, title: str, media_type: str) -> HttpResponse:
    name = slugify(title)[:80] or "document"
    extension = _EXTENSIONS.get(media_type, "txt")
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'inline; filename="{name}.{extension}"',
            "Cache-Control": "private, no-store",
        },
    )
