from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "amiable.dossiers"
    label = "dossiers"
    verbose_name = "Dossiers"
