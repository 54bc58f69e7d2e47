"""Addresses of Réglages: the office, its agencies, its users, one's own password, persons to merge."""

from __future__ import annotations

from django.urls import path

from amiable.web.settings import confirming, merges, users, views

urlpatterns = [
    path("", views.index, name="settings"),
    path("office/", views.office, name="settings_office"),
    path("agences/", views.agencies, name="settings_agencies"),
    path("agences/nouvelle/", views.agency, name="settings_agency_add"),
    path("agences/<int:pk>/", views.agency, name="settings_agency"),
    path("mot-de-passe/", views.password, name="settings_password"),
    path("a-confirmer/", confirming.index, name="settings_to_confirm"),
    path("a-confirmer/<int:pk>/", confirming.decide, name="settings_confirm"),
    path("utilisateurs/", users.index, name="settings_users"),
    path("utilisateurs/nouveau/", users.add, name="settings_user_add"),
    path("utilisateurs/<int:pk>/", users.change, name="settings_user"),
    path("utilisateurs/<int:pk>/acces/", users.access, name="settings_user_access"),
    path("utilisateurs/<int:pk>/comptes/", users.hand_over, name="settings_user_hand_over"),
    path("utilisateurs/<int:pk>/mot-de-passe/", users.reset, name="settings_user_reset"),
    path("reunir/", merges.index, name="settings_merges"),
    path("reunir/<int:pk>/", merges.decide, name="settings_merge"),
]
