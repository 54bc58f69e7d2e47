"""The fiche: one account understood in ten seconds, and everything an officer does on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from amiable.core.access import fetch
from amiable.ledger.models import Account


def fiche(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything known about one account of the user's scope."""
    account = fetch(Account, request.user, related=("person", "agency", "officer"), ref=ref)
    return render(request, "account/fiche.html", {"area": "portfolio", "account": account})
