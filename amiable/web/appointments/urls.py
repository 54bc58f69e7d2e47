"""Addresses of the agenda: a week, a day, an appointment taken and what becomes of it."""

from __future__ import annotations

from django.urls import path

from amiable.web.appointments import views

urlpatterns = [
    path("", views.agenda, name="agenda"),
    path("jour/<slug:day>/", views.agenda_day, name="agenda_day"),
    path("rendez-vous/<int:pk>/", views.appointment, name="appointment"),
    path("rendez-vous/<int:pk>/deplacer/", views.move, name="appointment_move"),
    path("rendez-vous/<int:pk>/annuler/", views.cancel, name="appointment_cancel"),
    path("rendez-vous/<int:pk>/venu/", views.kept, name="appointment_kept"),
    path("rendez-vous/<int:pk>/absent/", views.no_show, name="appointment_no_show"),
    path("compte/<path:ref>/", views.new, name="appointment_new"),
]
