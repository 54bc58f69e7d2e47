"""Addresses of Réglages: the office, its agencies, its users, one's own password, persons to merge."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.cache import never_cache

from amiable.web.kit.perform import runs
from amiable.web.settings import actions as do
from amiable.web.settings import confirming, merges, users, views

SECOND_LOOK = runs(do.SECOND_LOOK, confirming.find, confirming.around)
AGENCY = runs(do.AGENCY, views.card, lambda card: views.asked("settings_agencies"))
ACCESS = runs(do.ACCESS, users.find, users.around)
HAND_OVER = runs(do.HAND_OVER, users.find, users.around, leave=users.to_their_page)
RESET = never_cache(runs(do.RESET, users.find, users.around, leave=users.given))

urlpatterns = [
    path("", views.index, name="settings"),
    path("office/", views.office, name="settings_office"),
    path("agences/", views.agencies, name="settings_agencies"),
    path("agences/nouvelle/", AGENCY, name="settings_agency_add"),
    path("agences/<int:pk>/", AGENCY, name="settings_agency"),
    path("mot-de-passe/", views.password, name="settings_password"),
    path("a-confirmer/", confirming.index, name="settings_to_confirm"),
    path("a-confirmer/<int:pk>/", SECOND_LOOK, name="settings_confirm"),
    path("utilisateurs/", users.index, name="settings_users"),
    path("utilisateurs/nouveau/", users.add, name="settings_user_add"),
    path("utilisateurs/<int:pk>/", users.change, name="settings_user"),
    path("utilisateurs/<int:pk>/acces/", ACCESS, name="settings_user_access"),
    path("utilisateurs/<int:pk>/comptes/", HAND_OVER, name="settings_user_hand_over"),
    path("utilisateurs/<int:pk>/mot-de-passe/", RESET, name="settings_user_reset"),
    path("reunir/", merges.index, name="settings_merges"),
    path("reunir/<int:pk>/", runs(do.DECIDE_MERGE, merges.find, merges.around), name="settings_merge"),
]
