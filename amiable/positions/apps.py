from django.apps import AppConfig


class PositionsConfig(AppConfig):
    name = "amiable.positions"
    label = "positions"
    verbose_name = "Positions"

    def ready(self) -> None:
        from amiable.positions import tasks  # noqa: F401  registers the worker's task
