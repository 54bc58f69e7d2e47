from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "amiable.dossiers"
    label = "dossiers"
    verbose_name = "Dossiers"

    def ready(self) -> None:
        from amiable.dossiers import cautions, facts
        from amiable.dossiers.action_logement import facts as guarantees
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS)
        registry.register(cautions.provide, cautions.COLUMNS)
        registry.register(guarantees.provide, guarantees.COLUMNS)
