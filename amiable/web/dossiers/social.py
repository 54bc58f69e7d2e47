"""The social worker's own screen: the requests made to her, and the notes only she reads."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from amiable.core import clock
from amiable.core.access import require
from amiable.partners.kinds.social import CONSENTS, MOTIVES
from amiable.partners.social import inbox as requests_of
from amiable.partners.social import write_note
from amiable.web.dossiers.forms import SocialNoteForm
from amiable.web.dossiers.views import the_dossier
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name

PAGE = 25


def inbox(request: HttpRequest) -> HttpResponse:
    """What she needs to choose where to begin: who, why, since when, urgent or not."""
    rows = requests_of(user_of(request))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    motives, consents = dict(MOTIVES), dict(CONSENTS)
    lines = [
        {
            "dossier": one,
            "name": person_name(one.account.person),
            "motive": motives.get(one.fields.get("motif", ""), ""),
            "wanted": one.fields.get("attendu", ""),
            "consent": consents.get(one.fields.get("consentement", ""), ""),
        }
        for one in page.object_list
    ]
    return render(request, "dossiers/social.html", {"area": "social", "page": page, "lines": lines})


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A note for herself."""
    user = user_of(request)
    require(user, "social_work")
    dossier = the_dossier(request, pk)
    form = SocialNoteForm(request.POST, account=dossier.account, user=user, today=clock.today())
    if form.is_valid():
        write_note(dossier=dossier, text=form.cleaned_data["text"], actor=user, today=clock.today())
        messages.success(request, "Note gardée : vous seule la lisez.")
    else:
        messages.error(request, "La note est vide : rien n’a été gardé.")
    return redirect("dossier", pk=pk)
