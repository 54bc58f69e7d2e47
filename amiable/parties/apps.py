from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "amiable.parties"
    label = "parties"
    verbose_name = "Personnes"
