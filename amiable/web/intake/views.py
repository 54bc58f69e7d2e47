"""Imports: drop a file, look at it, agree, find what it did."""

from __future__ import annotations

import csv
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.core import clock
from amiable.core.access import agency_ids, fetch, may, scope
from amiable.core.models import Office, User
from amiable.domain import creditors
from amiable.intake import queries, snapshots
from amiable.intake.models import Import
from amiable.intake.readers.table import short_place
from amiable.intake.reading import LABELS_FR
from amiable.jobs.models import Job
from amiable.web.intake.actions import IMPORT, UPLOAD
from amiable.web.intake.forms import UploadForm
from amiable.web.intake.words import REPORT_WORDS, details_fr
from amiable.web.kit.action import Doer, Outcome
from amiable.web.kit.perform import Frame, acts, page, perform, reads
from amiable.web.kit.request import user_of


@acts(UPLOAD)
def index(request: HttpRequest) -> HttpResponse:
    """The drop-off and the history; a dropped file leads to its own page, nothing is posted yet."""
    user = user_of(request, "read_accounts")
    if user.office is None:
        return redirect("day")

    def more(form: UploadForm) -> dict[str, Any]:
        rows = queries.history(scope(Import.objects.all(), user))
        return {
            "may_import": may(user, IMPORT),
            "bound": agency_ids(user) is not None,
            "rows": [(row, LABELS_FR[row.list_kind]) for row in rows],
        }

    frame = Frame("imports", reverse("imports"), "", template="intake/index.html", more=more)
    if request.method == "POST":
        return perform(request, UPLOAD, user.office, frame, leave=_to_the_file)
    form = UPLOAD.blank(user.office, Doer(user, clock.now()), initial=_first(request, user))
    return page(request, UPLOAD, user.office, frame, form)


def _to_the_file(request: HttpRequest, office: Office, outcome: Outcome) -> HttpResponse:
    return redirect("import", outcome.made.pk)


def _first(request: HttpRequest, user: User) -> dict[str, str]:
    """What the form proposes: the list asked for, else the one that comes first in an empty office."""
    asked = request.GET.get("liste", "")
    if asked in LABELS_FR:
        return {"list_kind": asked}
    known = queries.lists_known(user.office)
    lists = [code for code in creditors.kind(user.office.kind).lists if code != "snapshot"]
    return {"list_kind": next((code for code in lists if code not in known), "movements")}


@reads("read_accounts")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, wherever it stands: to check, running, done or refused."""
    user: User = request.user
    batch = fetch(Import, user, related=("office", "created_by", "source"), pk=pk)
    context: dict[str, Any] = {
        "area": "imports",
        "batch": batch,
        "label": LABELS_FR[batch.list_kind],
        "may_import": may(user, IMPORT),
        "source": batch.report.get("source", "") or (batch.source.name if batch.source else ""),
    }
    if batch.status == Import.Status.PREVIEW:
        return render(request, "intake/check.html", context | _check(batch))
    if batch.status == Import.Status.COMMITTING:
        job = Job.objects.filter(pk=batch.job_id).first()
        return render(request, "intake/running.html", context | {"job": job})
    return render(request, "intake/report.html", context | _outcome(batch))


def _check(batch: Import) -> dict[str, Any]:
    """The preview kept with the import; without one, the columns are to be saved again."""
    kept: dict[str, Any] = batch.report.get("preview") or {"busy": True}
    report = kept.get("tried") or kept.get("refused") or {}
    return kept | {"errors": report.get("errors", []), "details": details_fr(report.get("details", {}))}


def _outcome(batch: Import) -> dict[str, Any]:
    details, columns = batch.report.get("details", {}), batch.report.get("mapping", {}).get("columns", {})
    rejects = batch.rejects.values_list("line", "reason_fr", "row")[: queries.SHOWN_REJECTS]
    found: dict[str, Any] = {
        "warnings": batch.report.get("warnings", []),
        "details": details_fr(details),
        "rejects": queries.with_names(batch.office, columns, rejects),
        "reject_count": batch.rejected,
        "errors": batch.report.get("errors", []),
        "words": REPORT_WORDS,
    }
    if batch.list_kind == "snapshot" and batch.status == Import.Status.COMMITTED:
        compared = snapshots.compare(batch)
        found["differences"] = details.get("differences", [])
        found["compared"] = [
            (title, getattr(compared, name).head(100).to_dicts(), getattr(compared, name).height)
            for name, title in (
                ("new", "Nouveaux impayés"),
                ("worse", "En hausse"),
                ("settled", "Soldés"),
                ("better", "En baisse"),
            )
        ]
        found["previous"] = compared.previous
        found["untreated"] = snapshots.untreated_refs(batch)
    return found


def find(user: User, pk: int) -> Import:
    return fetch(Import, user, related=("office", "created_by"), pk=pk)


def around(batch: Import) -> Frame:
    """What is done with a file: back to its page."""
    back, drop = reverse("import", args=[batch.pk]), reverse("imports")
    return Frame("imports", back, "Revenir au fichier", ((drop, "Imports"), (back, batch.filename)))


def to_the_drop(request: HttpRequest, batch: Import, outcome: Outcome) -> HttpResponse:
    return redirect("imports")


@reads(IMPORT)
def rejects(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows with the source's own columns, to fix and import alone; the reason stands last."""
    batch = fetch(Import, request.user, pk=pk)
    header = batch.report.get("header", [])
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejets-{batch.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([*header, "ligne d'origine", "motif du rejet"])
    for reject in batch.rejects.iterator():
        cells = [_harmless(reject.row.get(name) or "") for name in header]
        writer.writerow([*cells, short_place(reject.line), reject.reason_fr])
    return response


def _harmless(cell: str) -> str:
    """A cell no spreadsheet takes for a formula; amounts and phone numbers keep their sign."""
    return f"'{cell}" if re.match(r"[=@\t\r]|[+-](?![\d ,.(])", cell) else cell
