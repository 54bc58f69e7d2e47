"""Addresses of the transfers: the list, and the file of one account."""

from __future__ import annotations

from django.urls import path

from amiable.web.litigation import views

urlpatterns = [
    path("", views.index, name="litigation"),
    path("<path:ref>/dossier.pdf", views.bundle, name="litigation_bundle"),
    path("<path:ref>/motif/<slug:code>/", views.waive, name="litigation_waive"),
    path("<path:ref>/<slug:move>/faire/", views.move, name="litigation_move"),
    path("<path:ref>/", views.file, name="litigation_file"),
]
