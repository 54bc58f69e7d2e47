"""All addresses: one include per area of the web."""

from django.urls import include, path

urlpatterns = [path("", include("amiable.web.urls"))]
