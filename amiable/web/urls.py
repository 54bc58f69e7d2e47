"""One include per area; each area's folder holds its urls, views and forms."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from amiable.web import views

urlpatterns = [
    path("", include("amiable.web.day.urls")),
    path("connexion/", views.LogIn.as_view(), name="login"),
    path("deconnexion/", LogoutView.as_view(), name="logout"),
    path("sante/", views.health, name="health"),
    path("portefeuille/", include("amiable.web.portfolio.urls")),
    path("comptes/", include("amiable.web.account.urls")),
    path("agenda/", include("amiable.web.appointments.urls")),
    path("plans/", include("amiable.web.plans.urls")),
    path("situations/", include("amiable.web.situations.urls")),
    path("dossiers/limites/", include("amiable.web.limits.urls")),
    path("dossiers/", include("amiable.web.dossiers.urls")),
    path("surendettement/", include("amiable.web.surendettement.urls")),
    path("relances/", include("amiable.web.outreach.urls")),
    path("rapprocher/", include("amiable.web.matching.urls")),
    path("livres/", include("amiable.web.books.urls")),
    path("imports/", include("amiable.web.intake.urls")),
    path("procedure/", include("amiable.web.procedures.urls")),
    path("droit/", include("amiable.web.law.urls")),
    path("journal/", include("amiable.web.journal.urls")),
    path("modeles/", include("amiable.web.letters.urls")),
    path("reglages/", include("amiable.web.settings.urls")),
    path("demandes/", include("amiable.web.tasks.urls")),
    path("visites/", include("amiable.web.visits.urls")),
    path("contentieux/", include("amiable.web.transfer.urls")),
    path("entretiens/", include("amiable.web.household.urls")),
    path("travaux/<int:pk>/", views.job_progress, name="job"),
]
