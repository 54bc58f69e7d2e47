"""Lists somebody comes back to, each under its own name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from amiable.core.models import SavedFilter, User
from amiable.web.kit.action import Outcome
from amiable.web.kit.perform import Frame


def oneself(user: User) -> User:
    return user


def find(user: User, pk: int) -> SavedFilter:
    """One's own saved filter, else 404."""
    return get_object_or_404(SavedFilter, pk=pk, user=user)


def around(on: User | SavedFilter) -> Frame:
    back = reverse("portfolio")
    return Frame("portfolio", back, "Revenir au portefeuille", ((back, "Portefeuille"),))


def to_the_list(request: HttpRequest, user: User, outcome: Outcome) -> HttpResponse:
    return redirect(f"{reverse('portfolio')}?{outcome.made}")
