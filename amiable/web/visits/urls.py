"""Addresses of the visits. What the telephone uses is under /visites/terrain/, its worker's scope."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.accounts import read_account
from amiable.web.kit.perform import runs
from amiable.web.visits import actions as do
from amiable.web.visits import field, reports, tours, views
from amiable.web.visits.reports import find_visit

DROP_ROUND = runs(do.DROP_ROUND, tours.find_tour, tours.around)
REPORT = runs(do.REPORT, find_visit, views.around, leave=reports.to_the_visit)
TAKE_OFF = runs(do.TAKE_OFF, find_visit, tours.around, leave=tours.to_its_round)

urlpatterns = [
    path("", views.index, name="visits"),
    path("compte/<path:ref>/decider/", views.decide, name="visit_decide"),
    path("compte/<path:ref>/refuser/", runs(do.REFUSE, read_account, views.around), name="visit_refuse"),
    path("lieux/", views.places, name="visit_places"),
    path("tournees/nouvelle/", tours.new, name="round_new"),
    path("tournees/<int:pk>/", tours.show, name="round"),
    path("tournees/<int:pk>/avis.pdf", tours.notices, name="round_notices"),
    path("tournees/<int:pk>/defaire/", DROP_ROUND, name="round_drop"),
    path("<int:pk>/", reports.show, name="visit"),
    path("<int:pk>/rapport/", REPORT, name="visit_report"),
    path("<int:pk>/annuler/", runs(do.CANCEL, find_visit, views.around), name="visit_cancel"),
    path("<int:pk>/retirer/", TAKE_OFF, name="visit_take_off"),
    path("<int:pk>/avis.pdf", reports.notice, name="visit_notice"),
    path("terrain/", field.page, name="field"),
    path("terrain/journee.json", field.day, name="field_day"),
    path("terrain/jeton.json", field.token, name="field_token"),
    path("terrain/rapport/", field.receive, name="field_report"),
    path("terrain/application.webmanifest", field.manifest, name="field_manifest"),
    path("terrain/service.js", field.worker, name="field_worker"),
]
