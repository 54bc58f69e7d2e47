"""A refusal of the domain becomes a message the user can act on, never a blank page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amiable.domain.errors import DomainError
from amiable.web.kit.request import within_site


class DomainErrorMiddleware:
    """DomainError on a POST: back to the page with the sentence; elsewhere: an error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """No text with a nul character goes further: a database refuses it, or keeps half of it. A program's
        own body is left to the view that knows its form."""
        own_body = getattr(view, "csrf_exempt", False)
        if any("\0" in text for text in _texts(request, kwargs, own_body)):
            said = "Le texte envoyé contient un caractère nul : rien n’a été enregistré."
            return _refusal(request, DomainError("nul_character", said))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _refusal(request, exception) if isinstance(exception, DomainError) else None


def _texts(request: HttpRequest, kwargs: Mapping[str, Any], own_body: bool) -> Iterator[str]:
    yield from (value for value in kwargs.values() if isinstance(value, str))
    for sent in (request.GET,) if own_body else (request.GET, request.POST):
        for name, values in sent.lists():
            yield name
            yield from values


def _refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    if request.htmx:
        return render(request, "web/_error.html", {"error": error}, status=422)
    back = within_site(request, request.META.get("HTTP_REFERER", ""))
    if request.method == "POST" and back:
        messages.error(request, error.message_fr)
        return redirect(back)
    return render(request, "web/error.html", {"error": error}, status=422)


class OwnPasswordMiddleware:
    """Whoever logged in with a password somebody else knows chooses their own before anything."""

    OPEN = frozenset({"settings_password", "logout"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        match = request.resolver_match
        owes = getattr(request.user, "must_change_password", False)
        if owes and (match is None or match.url_name not in self.OPEN):
            return redirect("settings_password")
        return None
