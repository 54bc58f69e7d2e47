"""The social worker's own screen: the requests made to her, and the notes only she reads."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from amiable.partners.kinds.social import CONSENTS, MOTIVES
from amiable.partners.social import inbox as requests_of
from amiable.web.kit.perform import reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import person_name

PAGE = 25


@reads("social_work")
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
