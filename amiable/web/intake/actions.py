"""What is done with a file dropped: kept to be looked at, its columns chosen, imported, forgotten."""

from __future__ import annotations

from django.urls import reverse

from amiable.core.models import Office
from amiable.domain.errors import DomainError
from amiable.intake import previews, tasks
from amiable.intake.models import Import
from amiable.web.intake.forms import MappingForm, UploadForm
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm

IMPORT = "import_lists"


def _upload(office: Office, doer: Doer, form: UploadForm) -> Done:
    value = form.cleaned_data
    batch = tasks.prepare(
        office=office,
        list_kind=value["list_kind"],
        data=value["file"].read(),
        filename=value["file"].name,
        source=value["source"].strip(),
        actor=doer.actor,
    )
    previews.keep(batch, today=doer.today)
    return Done("", batch)


def _must_wait(batch: Import) -> None:
    if batch.status != Import.Status.PREVIEW:
        raise DomainError("moved", "Ce fichier est déjà importé ou en cours d'import.")


def _choose_columns(batch: Import, doer: Doer, form: MappingForm) -> str:
    _must_wait(batch)
    batch.report = {**batch.report, "mapping": form.mapping.as_dict()}
    Import.objects.filter(pk=batch.pk).update(report=batch.report)
    previews.keep(batch, today=doer.today)
    return "Colonnes enregistrées : voici ce que donnerait l'import."


def _commit(batch: Import, doer: Doer, form: object) -> str:
    tasks.ask(batch=batch, actor=doer.actor, result_url=reverse("import", args=[batch.pk]))
    return ""


def _abandon(batch: Import, doer: Doer, form: object) -> str:
    _must_wait(batch)
    tasks.discard(batch)
    batch.delete()
    return "Fichier oublié : rien n'avait été enregistré."


UPLOAD = Action("upload", "Imports", "Vérifier ce fichier", IMPORT, _upload, UploadForm)
CHOOSE_COLUMNS = Action(
    "mapping", "Colonnes", "Enregistrer les colonnes et vérifier", IMPORT, _choose_columns, MappingForm
)
COMMIT = Action("commit", "Importer ce fichier", "Importer", IMPORT, _commit, ActionForm)
ABANDON = Action("abandon", "Oublier ce fichier", "Oublier ce fichier", IMPORT, _abandon, ActionForm)
ACTIONS = (UPLOAD, CHOOSE_COLUMNS, COMMIT, ABANDON)
