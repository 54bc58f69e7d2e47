from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "amiable.cases"
    label = "dossiers"  # the room was renamed, its migrations and tables were not (docs/adr/0011)
    verbose_name = "Dossiers"

    def ready(self) -> None:
        from amiable.cases import facts

        facts.declare()
