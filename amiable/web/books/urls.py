"""Addresses of the books."""

from __future__ import annotations

from django.urls import path

from amiable.web.books import views
from amiable.web.books.actions import CLOSE
from amiable.web.kit.perform import runs

urlpatterns = [
    path("", views.index, name="books"),
    path("clore/", runs(CLOSE, views.find, views.around), name="books_close"),
]
