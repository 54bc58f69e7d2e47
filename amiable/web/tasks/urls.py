"""Addresses of Demandes: questions between colleagues, and work the product found."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.perform import runs
from amiable.web.tasks import views
from amiable.web.tasks.actions import CANCEL

urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("<int:pk>/", views.answer, name="task_answer"),
    path("<int:pk>/annuler/", runs(CANCEL, views.find, views.around), name="task_cancel"),
]
