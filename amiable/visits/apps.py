from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "amiable.visits"
    label = "visits"
    verbose_name = "Visites"

    def ready(self) -> None:
        from amiable.positions import registry
        from amiable.visits import facts

        registry.register(facts.provide, facts.COLUMNS)
