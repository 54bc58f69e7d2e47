from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "amiable.core"
    label = "core"
    verbose_name = "Organisation"

    def ready(self) -> None:
        from amiable.core import rooms, second_look  # noqa: F401

        rooms.house()  # Rooms that disagree are refused here, before anything runs.
