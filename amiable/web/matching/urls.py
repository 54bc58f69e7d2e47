"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.matching import views

urlpatterns = [
    path("", views.index, name="matching"),
    path("<int:pk>/", views.detail, name="match"),
    path("<int:pk>/confirmer/", views.confirm, name="match_confirm"),
    path("<int:pk>/le-meme/", views.same, name="match_same"),
    path("<int:pk>/un-autre/", views.another, name="match_another"),
    path("liste/<int:pk>/le-meme/", views.row_same, name="row_same"),
    path("liste/<int:pk>/un-autre/", views.row_another, name="row_another"),
    path("<int:pk>/de-cote/", views.set_aside, name="match_aside"),
    path("<int:pk>/remettre/", views.put_back, name="match_back"),
]
