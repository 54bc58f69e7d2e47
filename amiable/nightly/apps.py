from django.apps import AppConfig


class NightlyConfig(AppConfig):
    name = "amiable.nightly"
    label = "nightly"
    verbose_name = "Nuit"

    def ready(self) -> None:
        from amiable.nightly import tasks  # noqa: F401  registers the worker's task
