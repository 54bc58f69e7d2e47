from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "amiable.appointments"
    label = "appointments"
    verbose_name = "Rendez-vous"

    def ready(self) -> None:
        from amiable.appointments import convocations, facts
        from amiable.jobs import registry as jobs
        from amiable.outreach import rooms
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS)
        rooms.register(convocations.TEMPLATE, convocations.offer)
        jobs.on_tick(convocations.settle)
