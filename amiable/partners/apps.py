from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "amiable.partners"
    label = "partners"
    verbose_name = "Partenaires"
