"""Addresses of the fiche: one account, and each thing an officer does on it."""

from __future__ import annotations

from django.urls import path

from amiable.web.account import views

urlpatterns = [
    path("<path:ref>/", views.fiche, name="account"),
]
