"""Addresses of the transfers: the list, and the file of one account."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.perform import runs
from amiable.web.transfer import views
from amiable.web.transfer.actions import WAIVE

urlpatterns = [
    path("", views.index, name="transfers"),
    path("<path:ref>/dossier.pdf", views.bundle, name="transfer_bundle"),
    path("<path:ref>/motif/<slug:code>/", runs(WAIVE, views.find_means, views.around), name="transfer_waive"),
    path("<path:ref>/<slug:move>/faire/", views.move, name="transfer_move"),
    path("<path:ref>/", views.file, name="transfer_file"),
]
