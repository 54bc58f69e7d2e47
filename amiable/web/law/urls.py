"""Addresses of this area."""

from __future__ import annotations

from django.urls import URLPattern, path

from amiable.web.kit.perform import runs
from amiable.web.law import views
from amiable.web.law.actions import END

urlpatterns: list[URLPattern] = [
    path("", views.index, name="law"),
    path("valeurs/", views.overrides, name="law_overrides"),
    path("valeurs/<int:pk>/fin/", runs(END, views.find, views.around), name="law_override_end"),
    path("<str:rule_id>/", views.rule, name="law_rule"),
    path("<str:rule_id>/valeur/", views.add_override, name="law_override_add"),
]
