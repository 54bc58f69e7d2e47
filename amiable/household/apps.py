from django.apps import AppConfig


class HouseholdConfig(AppConfig):
    name = "amiable.household"
    label = "household"
    verbose_name = "Ménages"

    def ready(self) -> None:
        from amiable.household import facts, tasks  # noqa: F401  (tasks register themselves)
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS)
