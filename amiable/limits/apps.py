from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "amiable.limits"
    label = "limits"
    verbose_name = "Limites légales"
