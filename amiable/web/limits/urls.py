"""Addresses of the calendar of legal limits."""

from __future__ import annotations

from django.urls import path

from amiable.web.limits import views

urlpatterns = [
    path("", views.index, name="limits"),
    path("adresse/<slug:purpose>/", views.renew_link, name="limits_link"),
    path("<slug:purpose>/<str:token>.ics", views.feed, name="limits_feed"),
]
