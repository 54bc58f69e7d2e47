"""Addresses of the plans: the collective view, one plan, the simulator of an account."""

from __future__ import annotations

from django.urls import path

from amiable.web.plans import collective, simulator, views

urlpatterns = [
    path("", collective.index, name="plans"),
    path("plans.csv", collective.as_csv, name="plans_csv"),
    path("plans.xlsx", collective.as_xlsx, name="plans_xlsx"),
    path("<int:pk>/", views.plan, name="plan"),
    path("<int:pk>/faire/<slug:code>/", views.act, name="plan_act"),
    path("<int:pk>/signer/", views.sign, name="plan_sign"),
    path("<int:pk>/modifier/", simulator.redraw, name="plan_redraw"),
    path("<int:pk>/reviser/", simulator.revise, name="plan_revise"),
    path("simuler/<path:ref>/", simulator.draw_up, name="plan_simulate"),
]
