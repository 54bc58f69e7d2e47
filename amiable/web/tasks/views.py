"""Demandes: what colleagues ask each other, and what the product found to do."""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amiable.core.access import fetch, may, scope
from amiable.core.models import User
from amiable.diary.models import Task
from amiable.web.kit.perform import Frame, acts, perform, reads
from amiable.web.kit.request import user_of
from amiable.web.kit.words import home_of, person_name
from amiable.web.tasks.actions import ANSWER

PAGE = 30
_SHOWN = ("account__person", "account__agency", "assignee", "created_by")
OPEN = Q(status=Task.Status.OPEN)


def views_of(user: User) -> dict[str, tuple[str, Q, str]]:
    """The lists of requests: code -> (label, what it keeps, what its emptiness means)."""
    return {
        "": (
            "Pour moi",
            OPEN & Q(assignee=user),
            "Personne n’attend de réponse de vous.",
        ),
        "agence": (
            "De mon agence",
            OPEN & ~Q(assignee=user),
            "Les demandes faites à vos collègues, ou que personne n’a encore prises, s’afficheront ici.",
        ),
        "envoyees": (
            "Envoyées par moi",
            OPEN & Q(created_by=user),
            "Depuis une fiche, la touche q adresse une demande à un collègue.",
        ),
        "traitees": (
            "Traitées",
            ~OPEN,
            "Les réponses s’afficheront ici, et dans le fil de chaque compte.",
        ),
    }


@reads("answer_tasks")
def tasks(request: HttpRequest) -> HttpResponse:
    """Requests of the user's scope, by list."""
    user = user_of(request)
    lists = views_of(user)
    code = request.GET.get("liste", "")
    code = code if code in lists else ""
    _label, kept, empty = lists[code]
    everything = scope(Task.objects.all(), user)
    counts = everything.aggregate(
        **{f"n_{name}": Count("pk", filter=keep) for name, (_, keep, _) in lists.items()}
    )
    rows = _ordered(everything.filter(kept).select_related(*_SHOWN), code)
    return render(
        request,
        "tasks/tasks.html",
        {
            "area": "tasks",
            "lists": [(name, label, counts[f"n_{name}"]) for name, (label, _, _) in lists.items()],
            "current": code,
            "empty": empty,
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "may_read": may(user, "read_accounts"),
        },
    )


def _ordered(rows: QuerySet[Task], code: str) -> QuerySet[Task]:
    if code == "traitees":
        return rows.order_by("-closed_at", "-pk")
    return rows.order_by("due_on", "pk")


def find(user: User, pk: int) -> Task:
    return fetch(Task, user, related=_SHOWN, pk=pk)


def around(task: Task) -> Frame:
    """What is done with a request: back to the list."""
    back = reverse("tasks")
    return Frame("tasks", back, "Plus tard", ((back, "Demandes"),))


@acts(ANSWER)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One request and its answer; answered once."""
    user = user_of(request, "answer_tasks")
    task = find(user, pk)
    more = {
        "task": task,
        "name": person_name(task.account.person) if task.account else "",
        "home": home_of(task.account) if task.account else "",
        "may_read": may(user, "read_accounts"),
    }
    frame = replace(around(task), template="tasks/answer.html", more=more)
    return perform(request, ANSWER, task, frame)
