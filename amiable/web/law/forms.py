"""Forms of the law pages: filters, a limit to count, an office's own value."""

from __future__ import annotations

from typing import Any

from django import forms

from amiable.core import law_overrides
from amiable.domain import law
from amiable.domain.law.pack import Rule
from amiable.web.kit.fields import DayField
from amiable.web.kit.forms import ActionForm

_DATE = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")

_PLACE = {"after": "compté depuis", "before": "compté à rebours depuis"}


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False,
        label="Chercher",
        widget=forms.TextInput(
            attrs={"type": "search", "class": "form-control", "placeholder": "CAF-04, trêve…"}
        ),
    )
    theme = forms.ChoiceField(
        required=False,
        label="Thème",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    le = DayField(required=False, label="Valeurs au", widget=_DATE)
    verifier = forms.BooleanField(
        required=False,
        label="à vérifier seulement",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    change = forms.BooleanField(
        required=False,
        label="qui vont changer",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = {rule.topic: rule.topic_label for rule in law.rules()}
        self.fields["theme"].choices = [("", "tous les thèmes"), *topics.items()]


class LimitForm(forms.Form):
    """One date in, the last day out; the fields a rule does not use are left out."""

    limit = forms.ChoiceField(label="Délai", widget=forms.Select(attrs={"class": "form-select"}))
    depuis = DayField(label="Jour de l’événement", widget=_DATE)
    territoire = forms.CharField(
        label="Territoire",
        max_length=30,
        help_text="FR, ou un numéro de département : 57, 67, 68, 971 à 978 ont des jours fériés de plus.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    bail = DayField(required=False, label="Date du bail", widget=_DATE)
    clause = forms.CharField(
        required=False,
        max_length=20,
        label="Délai de la clause du bail",
        help_text="S’il est écrit dans le bail : « 2 mois », « 6 semaines ».",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    rebours = forms.BooleanField(
        required=False, label="", widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit, start = self.fields["limit"], self.fields["depuis"]
        limit.choices = [(spec.limit_id, spec.label) for spec in rule.limits]
        events = [f"{spec.label} : {_PLACE[spec.direction]} {spec.event}" for spec in rule.limits]
        if len(rule.limits) == 1:
            # One limit: nothing to choose, only its event to name.
            limit.widget = forms.HiddenInput()
            limit.initial = rule.limits[0].limit_id
        (start if len(rule.limits) == 1 else limit).help_text = " ; ".join(events)
        if not any(spec.dated_by for spec in rule.limits):
            del self.fields["bail"], self.fields["clause"]
        reverse = [spec.reverse_event for spec in rule.limits if spec.reverse_event]
        if reverse:
            self.fields["rebours"].label = f"compter depuis l’autre bout : {', '.join(reverse)}"
        else:
            del self.fields["rebours"]


class OverrideForm(ActionForm):
    """An office's own value; the service decides whether the rule is open to one."""

    key = forms.ChoiceField(label="Paramètre", widget=forms.Select(attrs={"class": "form-select"}))
    value = forms.CharField(
        label="Valeur de l’office",
        max_length=400,
        help_text="Un barème s’écrit par tranches : « 4 480 : 1/20 ; 8 730 : 1/10 ; au-delà : 1/1 ».",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    from_on = DayField(label="À partir du", widget=_DATE)
    to_on = DayField(required=False, label="Jusqu’au", help_text="Vide : sans fin prévue.", widget=_DATE)
    source = forms.CharField(
        label="Source",
        max_length=300,
        help_text="Le texte, l’article ou la décision lue.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    reason = forms.CharField(
        label="Motif", max_length=300, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def prepare(self) -> None:
        open_ones = law_overrides.open_parameters(self.target.rule)
        self.fields["key"].choices = [(one.key, one.label) for one in open_ones]
