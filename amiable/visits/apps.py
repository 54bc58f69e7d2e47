from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "amiable.visits"
    label = "visits"
    verbose_name = "Visites"
