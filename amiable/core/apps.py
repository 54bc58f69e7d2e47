from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "amiable.core"
    label = "core"
    verbose_name = "Organisation"

    def ready(self) -> None:
        from amiable.core import long_lists, rooms, second_look  # noqa: F401

        long_lists.install()
        rooms.house()  # Rooms that disagree are refused here, before anything runs.
