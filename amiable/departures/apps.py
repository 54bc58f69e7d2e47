from django.apps import AppConfig


class DeparturesConfig(AppConfig):
    name = "amiable.departures"
    label = "departures"
    verbose_name = "Départs"
