"""Addresses of the agenda, of one appointment's acts, of hours and absences."""

from __future__ import annotations

from django.urls import path

from amiable.web.appointments import actions as do
from amiable.web.appointments import agenda, away, feed, views
from amiable.web.kit.perform import runs

WITHDRAW = runs(do.WITHDRAW, away.find, away.around)

urlpatterns = [
    path("", agenda.week, name="agenda"),
    path("jour/", agenda.day, name="agenda_day"),
    path("adresse/", runs(do.RENEW_LINK, feed.find_purpose, feed.around), name="agenda_link"),
    path("flux/<str:token>.ics", feed.feed, name="agenda_feed"),
    path("plages/", away.hours, name="agenda_hours"),
    path("absences/", away.absences, name="agenda_absences"),
    path("absences/<int:pk>/", away.absence, name="agenda_absence"),
    path("absences/<int:pk>/retirer/", WITHDRAW, name="agenda_absence_withdraw"),
    path("<int:pk>/deplacer/", views.move, name="appointment_move"),
    path("<int:pk>/annuler/", views.cancel, name="appointment_cancel"),
    path("<int:pk>/absent/", views.no_show, name="appointment_no_show"),
    path("<int:pk>/venu/", views.kept, name="appointment_kept"),
    path("compte/<path:ref>/", views.new, name="appointment_new"),
]
