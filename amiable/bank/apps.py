from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "amiable.bank"
    label = "bank"
    verbose_name = "Banque"

    def ready(self) -> None:
        from amiable.bank import facts, services
        from amiable.intake import registry
        from amiable.positions.registry import register

        register(facts.bank, facts.COLUMNS)
        registry.register("bank", services.import_bank, services.received)
