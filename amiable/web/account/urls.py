"""Addresses of the fiche: one account, and each thing an officer does on it.

A reference may hold a slash, so the account's own page comes last.
"""

from __future__ import annotations

from django.urls import path

from amiable.web.account import actions as do
from amiable.web.account import calling, messages, views
from amiable.web.account.views import (
    find_callback,
    find_hold,
    find_line,
    find_point,
    find_promise,
    on_account,
)
from amiable.web.kit.accounts import read_account
from amiable.web.kit.perform import runs

LIFT = on_account(do.LIFT, find_hold)
CORRECT = on_account(do.CORRECT, find_line)
CANCEL_PROMISE = on_account(do.CANCEL_PROMISE, find_promise)
CANCEL_CALLBACK = runs(do.CANCEL_CALLBACK, find_callback, views.the_day)
REPLACE_CONTACT = on_account(do.REPLACE_CONTACT, find_point)
REPORT_CONTACT = on_account(do.REPORT_CONTACT, find_point)
CONTACT_WORKS = on_account(do.CONTACT_WORKS, find_point)

urlpatterns = [
    path("<path:ref>/pourquoi/", views.explain, name="account_story"),
    path("<path:ref>/mouvements/", views.movements, name="account_movements"),
    path(
        "rappel/<int:pk>/annuler/",
        CANCEL_CALLBACK,
        name="callback_cancel",
    ),
    path("<path:ref>/appeler/", calling.call, name="account_call"),
    path("<path:ref>/faire/<slug:code>/", views.act, name="account_act"),
    path("<path:ref>/fil/<int:pk>/corriger/", CORRECT, name="account_correct"),
    path("<path:ref>/attente/<int:pk>/lever/", LIFT, name="account_lift"),
    path(
        "<path:ref>/promesse/<int:pk>/annuler/",
        CANCEL_PROMISE,
        name="account_cancel_promise",
    ),
    path(
        "<path:ref>/contact/<int:pk>/modifier/",
        REPLACE_CONTACT,
        name="account_replace_contact",
    ),
    path(
        "<path:ref>/contact/<int:pk>/signaler/",
        REPORT_CONTACT,
        name="account_report_contact",
    ),
    path(
        "<path:ref>/contact/<int:pk>/bon/",
        CONTACT_WORKS,
        name="account_contact_works",
    ),
    path("<path:ref>/ecrire/", messages.write, name="account_message"),
    path("<path:ref>/ecrire/<slug:code>.pdf", messages.letter, name="account_letter"),
    path("<path:ref>/preferences/", on_account(do.PREFERENCES, read_account), name="account_preferences"),
    path("<path:ref>/consigne/<int:pk>/lue/", views.acknowledge, name="account_acknowledge"),
    path("<path:ref>/", views.fiche, name="account"),
]
