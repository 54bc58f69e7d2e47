from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "amiable.cases"
    label = "dossiers"  # the room was renamed, its migrations and tables were not (docs/adr/0011)
    verbose_name = "Dossiers"

    def ready(self) -> None:
        from amiable.cases import cautions, facts
        from amiable.cases.action_logement import facts as guarantees
        from amiable.positions import registry

        registry.register(facts.provide, facts.COLUMNS)
        registry.register(cautions.provide, cautions.COLUMNS)
        registry.register(guarantees.provide, guarantees.COLUMNS)
