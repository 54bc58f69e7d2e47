from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "amiable.correspondence"
    label = "correspondence"
    verbose_name = "Correspondance"

    def ready(self) -> None:
        from amiable.correspondence import tasks  # noqa: F401
