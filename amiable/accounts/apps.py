from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "amiable.accounts"
    label = "accounts"
    verbose_name = "Comptes"
