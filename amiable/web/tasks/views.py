"""Demandes: what colleagues ask each other, and what the product found to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def tasks(request: HttpRequest) -> HttpResponse:
    """The open requests of the user."""
    return render(request, "tasks/tasks.html", {"area": "tasks"})
