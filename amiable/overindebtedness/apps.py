from django.apps import AppConfig


class OverindebtednessConfig(AppConfig):
    name = "amiable.overindebtedness"
    label = "overindebtedness"
    verbose_name = "Surendettement"
