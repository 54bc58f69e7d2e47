"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.procedures import editing, instructing, settling, views

urlpatterns = [
    path("", views.index, name="procedures"),
    path("installer/", views.install, name="procedure_install"),
    path("reglages/", settling.policy, name="procedure_policy"),
    path("affectation/", settling.assign, name="procedure_assign"),
    path("consignes/", instructing.instructions, name="instructions"),
    path("consignes/<int:pk>/lue/", instructing.acknowledge, name="instruction_acknowledge"),
    path("consignes/<int:pk>/fin/", instructing.end, name="instruction_end"),
    path("<slug:code>/versions/", views.versions, name="procedure_versions"),
    path("<slug:code>/versions/<int:number>/", views.version, name="procedure_version"),
    path("<slug:code>/versions/<int:number>/texte/", views.text, name="procedure_text"),
    path("<slug:code>/brouillon/", editing.edit, name="procedure_draft"),
    path("<slug:code>/brouillon/ouvrir/", editing.open_draft, name="procedure_draft_open"),
    path("<slug:code>/brouillon/etape/", editing.add_step, name="procedure_draft_add"),
    path("<slug:code>/brouillon/texte/", editing.edit_text, name="procedure_draft_text"),
    path("<slug:code>/brouillon/simulation/", editing.simulation, name="procedure_simulation"),
    path("<slug:code>/brouillon/publier/", editing.publish, name="procedure_publish"),
    path("<slug:code>/brouillon/abandonner/", editing.discard, name="procedure_discard"),
]
