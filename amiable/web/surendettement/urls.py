"""Addresses of the surendettement of an account: both parts, the erasure seen before it is posted."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.perform import runs
from amiable.web.surendettement import views
from amiable.web.surendettement.actions import APOLOGISE

urlpatterns = [
    path("<path:ref>/recevabilite/", views.receive, name="surendettement_receive"),
    path("<path:ref>/effacement/", views.erase, name="surendettement_erase"),
    path("<path:ref>/rectifier/", runs(APOLOGISE, views.find, views.around), name="surendettement_apologise"),
    path("<path:ref>/", views.show, name="surendettement"),
]
