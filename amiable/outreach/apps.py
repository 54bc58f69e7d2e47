from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "amiable.outreach"
    label = "outreach"
    verbose_name = "Relances"

    def ready(self) -> None:
        from amiable.diary import situations
        from amiable.outreach import approval, dispatch, proof, single

        situations.at_death(approval.withdraw_at_death)
        proof.register()
        single.register()
        dispatch.register()
