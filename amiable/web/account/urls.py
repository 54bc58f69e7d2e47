"""Addresses of the fiche: one account, and each thing an officer does on it.

A reference may hold a slash, so the account's own page comes last.
"""

from __future__ import annotations

from django.urls import path

from amiable.web.account import calling, messages, views

urlpatterns = [
    path("<path:ref>/pourquoi/", views.explain, name="account_story"),
    path("<path:ref>/mouvements/", views.movements, name="account_movements"),
    path("rappel/<int:pk>/annuler/", calling.cancel_callback, name="callback_cancel"),
    path("<path:ref>/appeler/", calling.call, name="account_call"),
    path("<path:ref>/faire/<slug:code>/", views.act, name="account_act"),
    path("<path:ref>/fil/<int:pk>/corriger/", views.correct, name="account_correct"),
    path("<path:ref>/attente/<int:pk>/lever/", views.lift, name="account_lift"),
    path("<path:ref>/promesse/<int:pk>/annuler/", views.cancel_promise, name="account_cancel_promise"),
    path("<path:ref>/contact/<int:pk>/modifier/", views.replace_contact, name="account_replace_contact"),
    path("<path:ref>/contact/<int:pk>/signaler/", views.report_contact, name="account_report_contact"),
    path("<path:ref>/contact/<int:pk>/bon/", views.contact_works, name="account_contact_works"),
    path("<path:ref>/ecrire/", messages.write, name="account_message"),
    path("<path:ref>/ecrire/<slug:code>.pdf", messages.letter, name="account_letter"),
    path("<path:ref>/preferences/", views.preferences, name="account_preferences"),
    path("<path:ref>/consigne/<int:pk>/lue/", views.acknowledge, name="account_acknowledge"),
    path("<path:ref>/", views.fiche, name="account"),
]
