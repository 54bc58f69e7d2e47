from django.apps import AppConfig


class LitigationConfig(AppConfig):
    name = "amiable.litigation"
    label = "litigation"
    verbose_name = "Contentieux"
