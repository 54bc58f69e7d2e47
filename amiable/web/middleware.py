"""A refusal of the domain becomes a message the user can act on, never a blank page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from amiable.domain.errors import DomainError


class DomainErrorMiddleware:
    """DomainError on a POST: back to the page with the sentence; elsewhere: an error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if request.htmx:
            return render(request, "web/_error.html", {"error": exception}, status=422)
        back = request.META.get("HTTP_REFERER", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
            messages.error(request, exception.message_fr)
            return redirect(back)
        return render(request, "web/error.html", {"error": exception}, status=422)
