from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "amiable.procedures"
    label = "procedures"
    verbose_name = "Procédures"
