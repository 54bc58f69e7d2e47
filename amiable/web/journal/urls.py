"""Addresses of Journal."""

from __future__ import annotations

from django.urls import path

from amiable.web.journal import views

urlpatterns = [
    path("", views.index, name="journal"),
    path("export.csv", views.export, name="journal_csv"),
]
