from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "amiable.books"
    label = "books"
    verbose_name = "Livres"

    def ready(self) -> None:
        from amiable.books import tasks  # noqa: F401  registers the worker's turn
