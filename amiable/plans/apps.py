from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "amiable.plans"
    label = "plans"
    verbose_name = "Plans d’apurement"
