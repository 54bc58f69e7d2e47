from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "amiable.plans"
    label = "plans"
    verbose_name = "Plans d’apurement"

    def ready(self) -> None:
        from amiable.plans import facts
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS)
