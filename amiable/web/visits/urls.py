"""Addresses of the visits. What the telephone uses is under /visites/terrain/, its worker's scope."""

from __future__ import annotations

from django.urls import path

from amiable.web.visits import field, reports, tours, views

urlpatterns = [
    path("", views.index, name="visits"),
    path("compte/<path:ref>/decider/", views.decide, name="visit_decide"),
    path("compte/<path:ref>/refuser/", views.refuse, name="visit_refuse"),
    path("lieux/", views.places, name="visit_places"),
    path("tournees/nouvelle/", tours.new, name="round_new"),
    path("tournees/<int:pk>/", tours.show, name="round"),
    path("tournees/<int:pk>/avis.pdf", tours.notices, name="round_notices"),
    path("tournees/<int:pk>/defaire/", tours.drop, name="round_drop"),
    path("<int:pk>/", reports.show, name="visit"),
    path("<int:pk>/rapport/", reports.write, name="visit_report"),
    path("<int:pk>/annuler/", views.cancel, name="visit_cancel"),
    path("<int:pk>/retirer/", tours.take_off, name="visit_take_off"),
    path("<int:pk>/avis.pdf", reports.notice, name="visit_notice"),
    path("terrain/", field.page, name="field"),
    path("terrain/journee.json", field.day, name="field_day"),
    path("terrain/jeton.json", field.token, name="field_token"),
    path("terrain/rapport/", field.receive, name="field_report"),
    path("terrain/application.webmanifest", field.manifest, name="field_manifest"),
    path("terrain/service.js", field.worker, name="field_worker"),
]
