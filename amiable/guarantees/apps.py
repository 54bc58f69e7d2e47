from django.apps import AppConfig


class GuaranteesConfig(AppConfig):
    name = "amiable.guarantees"
    label = "guarantees"
    verbose_name = "Garanties"

    def ready(self) -> None:
        from amiable.guarantees import cautions
        from amiable.guarantees.action_logement import facts
        from amiable.positions import registry

        registry.register(cautions.provide, cautions.COLUMNS)
        registry.register(facts.provide, facts.COLUMNS)
