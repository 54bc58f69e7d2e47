from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "amiable.plans"
    label = "plans"
    verbose_name = "Plans d’apurement"

    def ready(self) -> None:
        from amiable.diary import situations
        from amiable.outreach import rooms
        from amiable.plans import at_death, batches, facts
        from amiable.positions import registry

        situations.at_death(at_death.stop_plans)
        registry.register(facts.provide, facts.COLUMNS)
        for template in batches.TEMPLATES:
            rooms.register(template, batches.missed)
