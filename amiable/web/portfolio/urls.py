"""Addresses of Portefeuille: the list, its exports, saved filters, the CAF view."""

from __future__ import annotations

from django.urls import path

from amiable.web.kit.perform import runs
from amiable.web.portfolio import caf, export, saved, views
from amiable.web.portfolio.actions import FORGET, SAVE

urlpatterns = [
    path("", views.index, name="portfolio"),
    path("export.csv", export.as_csv, name="portfolio_csv"),
    path("export.xlsx", export.as_xlsx, name="portfolio_xlsx"),
    path("filtres/", runs(SAVE, saved.oneself, saved.around, leave=saved.to_the_list), name="portfolio_save"),
    path("filtres/<int:pk>/effacer/", runs(FORGET, saved.find, saved.around), name="portfolio_forget"),
    path("caf/", caf.index, name="portfolio_caf"),
]
