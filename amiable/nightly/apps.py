from django.apps import AppConfig


class NightlyConfig(AppConfig):
    name = "amiable.nightly"
    label = "nightly"
    verbose_name = "Nuit"
