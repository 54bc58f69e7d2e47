from django.apps import AppConfig


class HouseholdConfig(AppConfig):
    name = "amiable.household"
    label = "household"
    verbose_name = "Ménages"
