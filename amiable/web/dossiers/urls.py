"""Addresses of dossiers and of the social worker's inbox."""

from __future__ import annotations

from django.urls import path

from amiable.web.dossiers import actions as do
from amiable.web.dossiers import lists, social, views
from amiable.web.dossiers.views import around, find, find_answer, find_piece
from amiable.web.kit.perform import runs

urlpatterns = [
    path("", lists.index, name="dossiers"),
    path("export.csv", lists.as_csv, name="dossiers_csv"),
    path("lot/", lists.send_batch, name="dossiers_batch"),
    path("suivi-caf.csv", lists.caf_follow_up, name="dossiers_caf_follow_up"),
    path("partenaires/", lists.partners, name="dossier_partners"),
    path("conseillere/", social.inbox, name="social_inbox"),
    path("ouvrir/<slug:kind>/<path:ref>/", views.start, name="dossier_start"),
    path("<int:pk>/", views.show, name="dossier"),
    path("<int:pk>/champs/", runs(do.EDIT, find, around), name="dossier_edit"),
    path("<int:pk>/piece/<slug:code>/", runs(do.BRING, find_piece, around), name="dossier_piece"),
    path("<int:pk>/piece/<slug:code>/ecarter/", runs(do.WAIVE, find_piece, around), name="dossier_waive"),
    path("<int:pk>/demander/", runs(do.ASK_PIECES, find, around), name="dossier_ask"),
    path("<int:pk>/apercu/<slug:code>.pdf", views.preview, name="dossier_preview"),
    path("<int:pk>/fichier/<str:name>", views.export, name="dossier_export"),
    path("<int:pk>/complet.zip", views.whole, name="dossier_zip"),
    path("<int:pk>/envoyer/", runs(do.SEND, find, around), name="dossier_send"),
    path("<int:pk>/recu/", runs(do.ACKNOWLEDGE, find, around), name="dossier_acknowledge"),
    path("<int:pk>/reponse/<slug:code>/", runs(do.ANSWER, find_answer, around), name="dossier_answer"),
    path("<int:pk>/terminer/", runs(do.FINISH, find, around), name="dossier_close"),
    path("<int:pk>/note/", runs(do.NOTE, find, around), name="dossier_social_note"),
]
