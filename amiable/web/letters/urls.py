"""Addresses of the wordings and of the documents."""

from __future__ import annotations

from django.urls import URLPattern, path

from amiable.web.letters import documents, views

urlpatterns: list[URLPattern] = [
    path("", views.index, name="letters"),
    path("documents/<int:pk>/", documents.show, name="document"),
    path("decompte/<path:ref>/", documents.statement, name="statement"),
    path("<str:code>/", views.edit, name="letters_edit"),
    path("<str:code>/apercu/", views.preview, name="letters_preview"),
]
