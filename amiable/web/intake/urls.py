"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.intake import actions as do
from amiable.web.intake import views
from amiable.web.kit.perform import runs

urlpatterns = [
    path("", views.index, name="imports"),
    path("<int:pk>/", views.detail, name="import"),
    path(
        "<int:pk>/correspondance/", runs(do.CHOOSE_COLUMNS, views.find, views.around), name="import_mapping"
    ),
    path("<int:pk>/importer/", runs(do.COMMIT, views.find, views.around), name="import_commit"),
    path(
        "<int:pk>/abandonner/",
        runs(do.ABANDON, views.find, views.around, leave=views.to_the_drop),
        name="import_abandon",
    ),
    path("<int:pk>/rejets.csv", views.rejects, name="import_rejects"),
]
