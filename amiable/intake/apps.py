from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "amiable.intake"
    label = "intake"
    verbose_name = "Imports"

    def ready(self) -> None:
        from amiable.intake import facts, tasks  # noqa: F401  registers the worker's task
        from amiable.positions.registry import register

        register(facts.provide, facts.COLUMNS)
