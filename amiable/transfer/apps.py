from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "amiable.transfer"
    label = "litigation"  # the room was renamed, its migrations and tables were not (docs/adr/0011)
    verbose_name = "Contentieux"
