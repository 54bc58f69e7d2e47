"""On the ground: a page that works without network, the day's stops, and where reports arrive.

The page holds no personal data; the stops live in the telephone's own store until they are reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from amiable.core import clock
from amiable.core.access import fetch
from amiable.core.models import User
from amiable.domain.contact import visit_findings as findings
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.domain.text.french import parse_euros
from amiable.domain.text.loading import read_json
from amiable.domain.text.typed import day as typed_day
from amiable.domain.text.typed import whole
from amiable.visits import queries, services
from amiable.visits.lifecycle import State
from amiable.visits.models import Visit
from amiable.visits.photos import MAX_PHOTOS
from amiable.web.kit.perform import reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name, phone_words
from amiable.web.visits.actions import WORK
from amiable.web.visits.panel import told

#: What the telephone keeps to open the page without network; nothing in it names anybody.
SHELL = (
    "fonts/inter-latin-400-normal.woff2",
    "fonts/inter-latin-600-normal.woff2",
    "web/amiable.css",
    "web/field.css",
    "web/field_store.js",
    "web/field.js",
    "web/icon.svg",
)
WORKER = "web/field_worker.js"
#: A report older than a season is no report any more.
LONGEST_SECONDS = 90 * 24 * 3600


@reads(WORK)
def page(request: HttpRequest) -> HttpResponse:
    """The page itself, the same for everybody."""
    context = {"outcomes": findings.OUTCOMES.items(), "groups": _groups(), "max_photos": MAX_PHOTOS}
    answer = render(request, "visits/field.html", context)
    answer["Cache-Control"] = "no-cache"
    return answer


def _groups() -> list[tuple[str, str, Any]]:
    return [
        ("occupancy", "Signes d’occupation", findings.OCCUPANCY.items()),
        ("dwelling", "État du logement", findings.DWELLING.items()),
        ("commitments", "Ce qui est convenu", findings.COMMITMENTS.items()),
    ]


@reads(WORK)
def day(request: HttpRequest) -> JsonResponse:
    """Today's stops of whoever asks: what is needed at the door, never what is owed. A stop already reported
    keeps only its number."""
    user, today = user_of(request, WORK), clock.today()
    tour = queries.today_of(user, today)
    doors = queries.at_doors(tour, today) if tour is not None else []
    answer = JsonResponse(
        {"user": user.pk, "on": today.isoformat(), "stops": [_stop(door) for door in doors]}
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _stop(door: queries.AtDoor) -> dict[str, Any]:
    visit = door.visit
    stop: dict[str, Any] = {"id": visit.pk, "rank": visit.rank, "done": visit.state != State.PLANNED}
    if stop["done"]:
        return stop
    account = visit.account
    return stop | {
        "arrives": f"{visit.arrives_at:%H:%M}",
        "name": person_name(account.person),
        "home": home_of(account),
        "phones": [{"tel": value, "words": phone_words(value)} for value in door.phones],
        "flags": [f"{flag.get_kind_display()} : {flag.reason}" for flag in door.flags],
        "needs_two": visit.needs_two,
        "note": visit.note.text if visit.note else "",
        "facts": [f"{row.on:%d/%m} · {_line(row)}" for row in door.facts],
    }


def _line(row: Any) -> str:
    title = told(row)[0] if row.kind == "visit" else row.get_kind_display()
    outcome = french.inside(row.get_outcome_display()) if row.kind == "call" and row.outcome else ""
    return f"{title} : {outcome}" if outcome else title


@reads(WORK)
def token(request: HttpRequest) -> JsonResponse:
    """Asked just before sending: a page opened without network has no valid token of its own."""
    answer = JsonResponse({"user": user_of(request, WORK).pk, "csrf": get_token(request)})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """One report and its photos (each under its own uuid). The same uuid again answers as the first time."""
    user = user_of(request, WORK)
    try:
        given = _read(request.POST.get("report", ""), user)
        visit = fetch(Visit, user, related=("account__person", "account__office"), pk=given["visit"])
        made = services.report(
            visit=visit,
            uuid=given["uuid"],
            found=given["found"],
            visited_at=given["visited_at"],
            actor=user,
            now=clock.now(),
            pictures={UUID(name): upload.read() for name, upload in request.FILES.items()},
        )
    except DomainError as refusal:
        return JsonResponse({"message": refusal.message_fr}, status=422)
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"message": "Ce rapport est illisible : il n’a pas été enregistré."}, status=422)
    return JsonResponse({"uuid": str(made.uuid), "second": made.is_second})


def _read(text: str, user: User) -> dict[str, Any]:
    """The report as the telephone wrote it. DomainError, ValueError, TypeError or KeyError otherwise."""
    raw = read_json(text)
    if raw["user"] != user.pk:
        raise DomainError(
            "report_of_another", "Ce rapport a été écrit par quelqu’un d’autre : à lui de l’envoyer."
        )
    age = whole(raw["age_seconds"], most=LONGEST_SECONDS)
    return {
        "uuid": UUID(raw["uuid"]),
        "visit": whole(raw["visit"]),
        "visited_at": clock.now() - timedelta(seconds=age),
        "found": _findings(raw),
    }


def _findings(raw: Mapping[str, Any]) -> services.Findings:
    promise, on = raw.get("promise", ""), raw.get("promise_on", "")
    return services.Findings(
        outcome=str(raw["outcome"]),
        occupancy=tuple(map(str, raw.get("occupancy", ()))),
        dwelling=tuple(map(str, raw.get("dwelling", ()))),
        commitments=tuple(map(str, raw.get("commitments", ()))),
        said=str(raw.get("said", "")),
        notice_left=raw.get("notice_left") is True,
        promise_cents=parse_euros(promise) if promise else None,
        promise_on=typed_day(on) if on else None,
    )


@login_not_required
@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What lets a telephone put the page beside its applications."""
    home = reverse("field")
    icon = {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    return JsonResponse(
        {
            "name": "Amiable, visites",
            "short_name": "Visites",
            "lang": "fr",
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#0b5c55",
            "icons": [icon],
        },
        content_type="application/manifest+json",
    )


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The page's worker, with what it keeps and a version that changes with it."""
    shell = [reverse("field"), *(static(name) for name in SHELL)]
    head = f"const VERSION = {json.dumps(_version())};\nconst SHELL = {json.dumps(shell)};\n"
    return HttpResponse(
        head + _text(WORKER), content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@cache
def _version() -> str:
    page = get_template("visits/field.html").template.source
    return hashlib.sha256("".join([page, *map(_hash, SHELL), _text(WORKER)]).encode()).hexdigest()[:12]


def _hash(name: str) -> str:
    with open(_path(name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _text(name: str) -> str:
    with open(_path(name), encoding="utf-8") as file:
        return file.read()


def _path(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    return found
