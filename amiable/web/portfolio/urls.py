"""Addresses of this area."""

from __future__ import annotations

from django.urls import path

from amiable.web.portfolio import views

urlpatterns = [path("", views.index, name="portfolio")]
