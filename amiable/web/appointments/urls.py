"""Addresses of the agenda, of one appointment's acts, of hours and absences."""

from __future__ import annotations

from django.urls import path

from amiable.web.appointments import acts, agenda, away, feed

urlpatterns = [
    path("", agenda.week, name="agenda"),
    path("jour/", agenda.day, name="agenda_day"),
    path("adresse/", feed.renew_link, name="agenda_link"),
    path("flux/<str:token>.ics", feed.feed, name="agenda_feed"),
    path("plages/", away.hours, name="agenda_hours"),
    path("absences/", away.absences, name="agenda_absences"),
    path("absences/<int:pk>/", away.absence, name="agenda_absence"),
    path("absences/<int:pk>/retirer/", away.withdraw, name="agenda_absence_withdraw"),
    path("<int:pk>/deplacer/", acts.move, name="appointment_move"),
    path("<int:pk>/annuler/", acts.cancel, name="appointment_cancel"),
    path("<int:pk>/absent/", acts.no_show, name="appointment_no_show"),
    path("<int:pk>/venu/", acts.kept, name="appointment_kept"),
    path("compte/<path:ref>/", acts.new, name="appointment_new"),
]
