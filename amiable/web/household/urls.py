"""Addresses of the interviews: the form of an account, its figures meanwhile, one situation and its acts."""

from __future__ import annotations

from django.urls import path

from amiable.web.household import actions as do
from amiable.web.household import situation, views
from amiable.web.household.situation import around, find_situation, to_the_fiche
from amiable.web.kit.perform import runs

ERASE = runs(do.ERASE, find_situation, around, leave=to_the_fiche)
RESTART = runs(do.RESTART, views.find, views.around)

urlpatterns = [
    path("<int:pk>/", situation.show, name="assessment"),
    path("<int:pk>/fiche.pdf", situation.sheet, name="assessment_sheet"),
    path("<int:pk>/orientation/", runs(do.ORIENT, find_situation, around), name="assessment_orient"),
    path("<int:pk>/droits/", situation.rights, name="assessment_rights"),
    path("<int:pk>/effacer/", ERASE, name="assessment_erase"),
    path("compte/<path:ref>/calcul/", views.live, name="interview_live"),
    path("compte/<path:ref>/recommencer/", RESTART, name="interview_restart"),
    path("compte/<path:ref>/historique/", situation.history, name="assessments"),
    path("compte/<path:ref>/", views.interview, name="interview"),
]
