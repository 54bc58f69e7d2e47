from django.apps import AppConfig


class PositionsConfig(AppConfig):
    name = "amiable.positions"
    label = "positions"
    verbose_name = "Positions"
