"""Journal: who did what, when, on which account; exported for whoever must check."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime

from amiable.core import clock
from amiable.core.journal import record
from amiable.core.models import User
from amiable.domain.text.typed import whole_or_none
from amiable.web.journal.forms import JournalForm
from amiable.web.journal.reading import PAGE_SIZE, Row, events, thread, told
from amiable.web.kit.perform import reads
from amiable.web.kit.sheets import csv_response


@reads("read_journal")
def index(request: HttpRequest) -> HttpResponse:
    """A page of the journal; older pages are asked for by the last line seen, so that none is skipped."""
    user: User = request.user
    if user.office_id is None:
        return redirect("day")
    is_thread, form, rows = _chosen(request, user)
    before = whole_or_none(request.GET.get("avant", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE_SIZE + 1])
    context = {
        "area": "journal",
        "form": form,
        "is_thread": is_thread,
        "rows": told(user, found[:PAGE_SIZE]),
        "older": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
        "is_first": before is None,
        "present": request.GET.urlencode(),
    }
    return render(request, "journal/index.html", context)


@reads("read_journal")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same lines as a CSV file, streamed."""
    user: User = request.user
    assert user.office is not None
    is_thread, _form, rows = _chosen(request, user)
    record("journal.exported", office=user.office, actor=user, data={"format": "csv"})
    name = f"{'fil' if is_thread else 'journal'}-{user.office.code}-{clock.today():%Y-%m-%d}.csv"
    return csv_response(_table(user, rows), name)


def _chosen(request: HttpRequest, user: User) -> tuple[bool, JournalForm, Any]:
    is_thread = request.GET.get("vue") == "fil"
    form = JournalForm(user, is_thread, request.GET)
    form.is_valid()
    read = thread if is_thread else events
    return is_thread, form, read(user, form.cleaned_data)


def _table(user: User, rows: Any) -> Iterator[tuple[str, ...]]:
    yield ("Date", "Heure", "Par", "Acte", "Précision", "Compte", "Nom")
    for part in _parts(rows.iterator(chunk_size=1000)):
        for row in told(user, part):
            yield _cells(row)


def _parts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while part := list(islice(rows, 1000)):
        yield part


def _cells(row: Row) -> tuple[str, ...]:
    at = localtime(row.at)
    return (f"{at:%d/%m/%Y}", f"{at:%H:%M}", row.who, row.what, row.detail, row.ref, row.name)
