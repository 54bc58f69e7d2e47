"""Addresses of the interviews: the form of an account, its figures meanwhile, one situation and its acts."""

from __future__ import annotations

from django.urls import path

from amiable.web.household import situation, views

urlpatterns = [
    path("<int:pk>/", situation.show, name="assessment"),
    path("<int:pk>/fiche.pdf", situation.sheet, name="assessment_sheet"),
    path("<int:pk>/orientation/", situation.orient, name="assessment_orient"),
    path("<int:pk>/droits/", situation.rights, name="assessment_rights"),
    path("<int:pk>/effacer/", situation.erase, name="assessment_erase"),
    path("compte/<path:ref>/calcul/", views.live, name="interview_live"),
    path("compte/<path:ref>/recommencer/", views.restart, name="interview_restart"),
    path("compte/<path:ref>/historique/", situation.history, name="assessments"),
    path("compte/<path:ref>/", views.interview, name="interview"),
]
