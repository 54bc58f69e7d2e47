from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "amiable.ledger"
    label = "ledger"
    verbose_name = "Grand livre"
