"""Addresses of Ma journée: the list, and what is done to several lines at once."""

from __future__ import annotations

from django.urls import path

from amiable.web.day import selection, views

urlpatterns = [
    path("", views.index, name="day"),
    path("jour/pause/", selection.pause, name="day_pause"),
    path("jour/confier/", selection.entrust, name="day_entrust"),
]
