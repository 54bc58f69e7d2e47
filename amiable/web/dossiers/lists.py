"""Every dossier of the office by limit: filters, search, file, batch of sendings; and the partners."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from amiable.cases import queries
from amiable.cases.kinds import kind_of, of_office
from amiable.cases.models import Dossier, Partner
from amiable.cases.sending import OUTSIDE_WAYS
from amiable.core import clock
from amiable.core.access import may, scope
from amiable.core.journal import record
from amiable.core.models import Agency, User
from amiable.domain.cases.family import OPEN, STAGE_LABELS
from amiable.domain.cases.windows import is_late
from amiable.domain.text.typed import whole_or_none, wholes
from amiable.partners import caf_following as following
from amiable.web.dossiers import words
from amiable.web.dossiers.actions import SAVE_PARTNER, SEND_BATCH
from amiable.web.dossiers.forms import receiving
from amiable.web.dossiers.views import zipped
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name

PAGE = 40
_EXPORT = (
    "dossier", "type", "etape", "compte", "nom", "agence", "suivi_par", "partenaire", "reference",
    "ouvert_le", "envoye_le", "reponse", "limite_le", "pieces_manquantes",
)  # fmt: skip


def _narrow(request: HttpRequest) -> queries.Narrow:
    get = request.GET.get

    def number(name: str) -> int | None:
        return whole_or_none(get(name, ""))

    return queries.Narrow(
        kind=get("type", ""),
        stage=get("etape", ""),
        agency_id=number("agence"),
        officer_id=number("agent"),
        late=get("retard") == "1",
        over=get("tous") == "1",
        text=get("q", "").strip(),
    )


@reads("read_accounts")
def index(request: HttpRequest) -> HttpResponse:
    """The list; nearest limit first."""
    user, today = user_of(request), clock.today()
    narrow = _narrow(request)
    page = Paginator(queries.of_office(user, narrow, today), PAGE).get_page(request.GET.get("page"))
    context = {
        "area": "dossiers",
        "page": page,
        "lines": [_line(one, today) for one in page.object_list],
        "narrow": narrow,
        "kinds": of_office(user.office) if user.office else [],
        "stages": STAGE_LABELS.items(),
        "agencies": scope(Agency.objects.all(), user),
        "officers": scope(User.objects.filter(accounts__isnull=False).distinct(), user).order_by("last_name"),
        "may_work": may(user, "work_accounts"),
        "ways": OUTSIDE_WAYS,
    }
    return render(request, "dossiers/index.html", context)


def _line(dossier: Dossier, today: date) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "name": person_name(dossier.account.person),
        "label": queries.label_of(dossier),
        "tone": words.TONES[dossier.stage],
        "late": is_late(dossier.limit_on, today),
        "next_action": queries.next_action(dossier, today),
    }


@reads("read_accounts")
def as_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as a file."""
    user, today = user_of(request), clock.today()
    rows = [
        {
            "dossier": str(one),
            "type": queries.label_of(one),
            "etape": one.get_stage_display(),
            "compte": one.account.ref,
            "nom": person_name(one.account.person),
            "agence": str(one.account.agency or ""),
            "suivi_par": str(one.account.officer or ""),
            "partenaire": str(one.partner or ""),
            "reference": one.reference,
            "ouvert_le": one.opened_on.isoformat(),
            "envoye_le": one.sent_on.isoformat() if one.sent_on else "",
            "reponse": words.event_words(f"answer:{one.answer}", kind_of(one.kind), {}) if one.answer else "",
            "limite_le": one.limit_on.isoformat() if one.limit_on else "",
            "pieces_manquantes": getattr(one, "lacking", 0),
        }
        for one in queries.of_office(user, _narrow(request), today)
    ]
    record("dossier.exported", office=user.office, actor=user, data={"rows": len(rows)})
    return _file(following.as_csv(_EXPORT, rows), f"dossiers-{today.isoformat()}.csv")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@reads("work_accounts")
def caf_follow_up(request: HttpRequest) -> HttpResponse:
    """What the caisses check every six months (CAF-12): one line per plan followed."""
    user, today = user_of(request), clock.today()
    found = list(scope(following.followed(), user))
    record("dossier.exported", office=user.office, actor=user, data={"rows": len(found)})
    content = following.as_csv(following.FOLLOW_UP, following.follow_up_rows(found, today))
    return _file(content, f"suivi-caf-{today.isoformat()}.csv")


@acts(SEND_BATCH)
def send_batch(request: HttpRequest) -> HttpResponse:
    """Several ready dossiers of one kind leave together: one file per partner; refusals are listed."""
    user = user_of(request, SEND_BATCH.needs(()))
    ids = wholes(request.POST.getlist("dossier"))
    rows = scope(Dossier.objects.filter(pk__in=ids, stage__in=OPEN), user)
    found = tuple(rows.select_related("office", "account__person", "account__office", "partner__person"))
    if not found:
        messages.error(request, "Cochez au moins un dossier prêt à envoyer : rien n’est parti.")
        return redirect("dossiers")
    back = reverse("dossiers")
    frame = Frame("dossiers", back, "Revenir aux dossiers", ((back, "Dossiers"),))
    return perform(request, SEND_BATCH, found, frame, leave=_files_sent)


def _files_sent(request: HttpRequest, dossiers: Any, outcome: Outcome) -> HttpResponse:
    sent, files = outcome.made
    return zipped(f"lot-{clock.today().isoformat()}", files) if sent else redirect("dossiers")


@acts(SAVE_PARTNER)
def partners(request: HttpRequest) -> HttpResponse:
    """The bodies dossiers are sent to."""
    user = user_of(request, "read_accounts")
    assert user.office is not None
    kinds = receiving(user.office)
    rows = scope(Partner.objects.select_related("person"), user)
    context = {
        "rows": [(one, kinds.get(one.kind, one.kind)) for one in rows],
        "may_edit": may(user, SAVE_PARTNER.needs(user.office)),
    }
    address = reverse("dossier_partners")
    frame = Frame("dossiers", address, "", template="dossiers/partners.html", more=context)
    return perform(request, SAVE_PARTNER, user.office, frame, seen_by="read_accounts")
