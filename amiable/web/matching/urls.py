"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.perform import runs
from amiable.web.matching import actions as do
from amiable.web.matching import views
from amiable.web.matching.splits import SPLIT
from amiable.web.matching.views import around, find, find_told

urlpatterns = [
    path("", views.index, name="matching"),
    path("<int:pk>/", views.detail, name="match"),
    path("<int:pk>/confirmer/", runs(do.CONFIRM, find, around), name="match_confirm"),
    path("<int:pk>/le-meme/", runs(do.THE_SAME, find, around), name="match_same"),
    path("<int:pk>/un-autre/", runs(do.ANOTHER, find, around), name="match_another"),
    path("<int:pk>/repartir/", runs(SPLIT, find, around), name="match_split"),
    path("liste/<int:pk>/remettre/", runs(do.ROW_BACK, find_told, around), name="row_back"),
    path("liste/<int:pk>/le-meme/", runs(do.ROW_SAME, find_told, around), name="row_same"),
    path("liste/<int:pk>/un-autre/", runs(do.ROW_ANOTHER, find_told, around), name="row_another"),
    path("<int:pk>/de-cote/", runs(do.SET_ASIDE, find, around), name="match_aside"),
    path("<int:pk>/remettre/", runs(do.PUT_BACK, find, around), name="match_back"),
]
