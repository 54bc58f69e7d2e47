"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.perform import runs
from amiable.web.procedures import actions as do
from amiable.web.procedures import editing, instructing, settling, views

INSTALL = runs(do.INSTALL, settling.find_office, views.install_around)
ASSIGN = runs(do.ASSIGN, settling.find_office, settling.around)
ACKNOWLEDGE = runs(
    do.ACKNOWLEDGE, instructing.find, instructing.around, leave=instructing.to_where_it_was_read
)
DISCARD = runs(do.DISCARD, editing.find, editing.around, leave=editing.to_the_procedure)

urlpatterns = [
    path("", views.index, name="procedures"),
    path("installer/", INSTALL, name="procedure_install"),
    path("reglages/", settling.policy, name="procedure_policy"),
    path("affectation/", ASSIGN, name="procedure_assign"),
    path("consignes/", instructing.instructions, name="instructions"),
    path("consignes/<int:pk>/lue/", ACKNOWLEDGE, name="instruction_acknowledge"),
    path(
        "consignes/<int:pk>/fin/", runs(do.END, instructing.find, instructing.around), name="instruction_end"
    ),
    path("<slug:code>/versions/", views.versions, name="procedure_versions"),
    path("<slug:code>/versions/<int:number>/", views.version, name="procedure_version"),
    path("<slug:code>/versions/<int:number>/texte/", views.text, name="procedure_text"),
    path("<slug:code>/brouillon/", editing.edit, name="procedure_draft"),
    path(
        "<slug:code>/brouillon/ouvrir/",
        runs(do.OPEN, editing.find_published, editing.around),
        name="procedure_draft_open",
    ),
    path(
        "<slug:code>/brouillon/etape/",
        runs(do.ADD_STEP, editing.find, editing.around),
        name="procedure_draft_add",
    ),
    path("<slug:code>/brouillon/texte/", editing.edit_text, name="procedure_draft_text"),
    path("<slug:code>/brouillon/simulation/", editing.simulation, name="procedure_simulation"),
    path("<slug:code>/brouillon/publier/", editing.publish, name="procedure_publish"),
    path("<slug:code>/brouillon/abandonner/", DISCARD, name="procedure_discard"),
]
