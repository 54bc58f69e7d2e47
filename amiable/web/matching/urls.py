"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.matching import views

urlpatterns = [
    path("", views.index, name="matching"),
    path("<int:pk>/", views.detail, name="match"),
    path("<int:pk>/confirmer/", views.confirm, name="match_confirm"),
    path("<int:pk>/de-cote/", views.set_aside, name="match_aside"),
    path("<int:pk>/remettre/", views.put_back, name="match_back"),
]
