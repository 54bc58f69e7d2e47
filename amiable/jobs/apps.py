from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "amiable.jobs"
    label = "jobs"
    verbose_name = "Tâches"
