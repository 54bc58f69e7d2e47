"""What is done with one's own lists: kept under a name, forgotten."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from amiable.core.models import SavedFilter, User
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm

_MOST = 20


class FilterForm(ActionForm):
    """The present filters, and the name to keep them under; the same name again replaces them."""

    name = forms.CharField(
        label="Nom du filtre",
        error_messages={"required": "Donnez un nom à ce filtre : il n’a pas été enregistré."},
    )
    query = forms.CharField(
        widget=forms.HiddenInput, required=False, error_messages={"required": "Choisissez un filtre."}
    )

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        value["name"] = " ".join(value.get("name", "").split())[:60]
        value["query"] = QueryDict(value.get("query", "")[:500]).urlencode()
        if not value["query"]:
            raise forms.ValidationError("Choisissez d’abord un filtre ou un ordre : rien n’a été enregistré.")
        if self.user.saved_filters.exclude(name=value["name"]).count() >= _MOST:
            raise forms.ValidationError(f"{_MOST} filtres au plus : effacez-en un d’abord.")
        return value


def _save(user: User, doer: Doer, form: FilterForm) -> Done:
    name, query = form.cleaned_data["name"], form.cleaned_data["query"]
    SavedFilter.objects.update_or_create(user=user, name=name, defaults={"query": query})
    return Done(f"Filtre « {name} » enregistré.", query)


def _forget(saved: SavedFilter, doer: Doer, form: object) -> str:
    saved.delete()
    return f"Filtre « {saved.name} » effacé."


SAVE = Action("save_filter", "Enregistrer ce filtre", "Enregistrer", "read_accounts", _save, FilterForm)
FORGET = Action("forget_filter", "Effacer ce filtre", "Effacer", "read_accounts", _forget, ActionForm)
ACTIONS = (SAVE, FORGET)
