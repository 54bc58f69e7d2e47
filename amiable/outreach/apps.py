from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "amiable.outreach"
    label = "outreach"
    verbose_name = "Relances"
