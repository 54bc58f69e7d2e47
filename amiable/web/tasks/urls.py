"""Addresses of Demandes: questions between colleagues, and work the product found."""

from __future__ import annotations

from django.urls import path

from amiable.web.tasks import views

urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("<int:pk>/", views.answer, name="task_answer"),
    path("<int:pk>/annuler/", views.cancel, name="task_cancel"),
]
