"""Addresses of dossiers and of the social worker's inbox."""

from __future__ import annotations

from django.urls import path

from amiable.web.dossiers import acts, lists, social, views

urlpatterns = [
    path("", lists.index, name="dossiers"),
    path("export.csv", lists.as_csv, name="dossiers_csv"),
    path("lot/", lists.send_batch, name="dossiers_batch"),
    path("suivi-caf.csv", lists.caf_follow_up, name="dossiers_caf_follow_up"),
    path("partenaires/", lists.partners, name="dossier_partners"),
    path("conseillere/", social.inbox, name="social_inbox"),
    path("ouvrir/<slug:kind>/<path:ref>/", views.start, name="dossier_start"),
    path("<int:pk>/", views.show, name="dossier"),
    path("<int:pk>/champs/", acts.edit, name="dossier_edit"),
    path("<int:pk>/piece/<slug:code>/", acts.bring, name="dossier_piece"),
    path("<int:pk>/piece/<slug:code>/ecarter/", acts.waive, name="dossier_waive"),
    path("<int:pk>/demander/", acts.ask_pieces, name="dossier_ask"),
    path("<int:pk>/apercu/<slug:code>.pdf", views.preview, name="dossier_preview"),
    path("<int:pk>/fichier/<str:name>", views.export, name="dossier_export"),
    path("<int:pk>/complet.zip", views.whole, name="dossier_zip"),
    path("<int:pk>/envoyer/", acts.send, name="dossier_send"),
    path("<int:pk>/recu/", acts.acknowledge, name="dossier_acknowledge"),
    path("<int:pk>/reponse/<slug:code>/", acts.answer, name="dossier_answer"),
    path("<int:pk>/terminer/", acts.finish, name="dossier_close"),
    path("<int:pk>/note/", social.note, name="dossier_social_note"),
]
