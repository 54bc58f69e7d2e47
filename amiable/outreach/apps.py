from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "amiable.outreach"
    label = "outreach"
    verbose_name = "Relances"

    def ready(self) -> None:
        from amiable.outreach import dispatch, proof, single

        proof.register()
        single.register()
        dispatch.register()
