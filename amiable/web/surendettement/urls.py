"""Addresses of the surendettement of an account: both parts, the erasure seen before it is posted."""

from __future__ import annotations

from django.urls import path

from amiable.web.surendettement import views

urlpatterns = [
    path("<path:ref>/recevabilite/", views.receive, name="surendettement_receive"),
    path("<path:ref>/effacement/", views.erase, name="surendettement_erase"),
    path("<path:ref>/rectifier/", views.apologise, name="surendettement_apologise"),
    path("<path:ref>/", views.show, name="surendettement"),
]
