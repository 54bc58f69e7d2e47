from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "amiable.plans"
    label = "plans"
    verbose_name = "Plans d’apurement"

    def ready(self) -> None:
        from amiable.outreach import rooms
        from amiable.plans import batches, facts
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS)
        for template in batches.TEMPLATES:
            rooms.register(template, batches.missed)
