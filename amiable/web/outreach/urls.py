"""Addresses of the reminders: batches of the day, their preview and approval, what left or would leave."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from amiable.web.kit.perform import runs
from amiable.web.outreach import actions as do
from amiable.web.outreach import news, sendings, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="outreach"),
    path("preparer/", views.prepare_now, name="outreach_prepare"),
    path("<int:pk>/", views.batch, name="outreach_batch"),
    path("<int:pk>/approuver/", runs(do.APPROVE, views.find, views.around), name="outreach_approve"),
    path("<int:pk>/retirer/", runs(do.REMOVE, views.find, views.around), name="outreach_remove"),
    path("<int:pk>/annuler/", runs(do.UNDO, views.find, views.around), name="outreach_undo"),
    path("<int:pk>/envoyer/", runs(do.SEND, views.find, views.around), name="outreach_send"),
    path("<int:pk>/lettres.pdf", views.all_letters, name="outreach_letters"),
    path("ligne/<int:pk>/apercu/", views.preview_line, name="outreach_preview"),
    path(
        "ligne/<int:pk>/remettre/", runs(do.RESTORE, views.find_line, views.around), name="outreach_restore"
    ),
    path("spool/", sendings.index, name="outreach_spool"),
    path("spool/<int:pk>/", sendings.item, name="outreach_item"),
    path(
        "spool/<int:pk>/revenu/", runs(do.RETURNED, sendings.find, sendings.around), name="outreach_returned"
    ),
    path(
        "spool/<int:pk>/recommande/", runs(do.TRACK, sendings.find, sendings.around), name="outreach_tracking"
    ),
    path("spool/<int:pk>/recu/", runs(do.RECEIVED, sendings.find, sendings.around), name="outreach_received"),
    path(
        "spool/<int:pk>/verifie/",
        runs(do.SETTLE_DOUBT, sendings.find, sendings.around),
        name="outreach_doubt",
    ),
    path("nouvelles/sms/", news.sms, name="outreach_news_sms"),
    path("nouvelles/email/", include(news.email_urls())),
]
