"""Addresses of Portefeuille: the list, its exports, saved filters, the CAF view."""

from __future__ import annotations

from django.urls import path

from amiable.web.portfolio import caf, export, saved, views

urlpatterns = [
    path("", views.index, name="portfolio"),
    path("export.csv", export.as_csv, name="portfolio_csv"),
    path("export.xlsx", export.as_xlsx, name="portfolio_xlsx"),
    path("filtres/", saved.save, name="portfolio_save"),
    path("filtres/<int:pk>/effacer/", saved.forget, name="portfolio_forget"),
    path("caf/", caf.index, name="portfolio_caf"),
]
