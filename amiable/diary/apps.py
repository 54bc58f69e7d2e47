from django.apps import AppConfig


class DiaryConfig(AppConfig):
    name = "amiable.diary"
    label = "diary"
    verbose_name = "Journal"

    def ready(self) -> None:
        from amiable.diary import facts, interruptions, person_contacts, person_facts
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS, per_step=True)
        registry.register(person_facts.provide, person_facts.COLUMNS)
        registry.register(person_contacts.provide, person_contacts.COLUMNS)
        registry.register_interruptions(interruptions.provide)
