"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.intake import views

urlpatterns = [
    path("", views.index, name="imports"),
    path("<int:pk>/", views.detail, name="import"),
    path("<int:pk>/correspondance/", views.mapping, name="import_mapping"),
    path("<int:pk>/importer/", views.commit, name="import_commit"),
    path("<int:pk>/abandonner/", views.abandon, name="import_abandon"),
    path("<int:pk>/rejets.csv", views.rejects, name="import_rejects"),
]
