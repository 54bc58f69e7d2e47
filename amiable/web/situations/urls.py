"""Addresses of the guided states. A reference may hold a slash: the words around it decide."""

from __future__ import annotations

from django.urls import path

from amiable.web.situations import views

urlpatterns = [
    path("<slug:code>/<int:pk>/compte/<path:ref>/", views.guide, name="situation_of"),
    path("<slug:code>/compte/<path:ref>/", views.guide, name="situation"),
]
