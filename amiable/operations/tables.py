"""A new database gets today's tables at once.

Replaying every migration of the past on an empty database costs a new office a quarter of a minute and gives
the same tables (a test compares them). Only a database that holds something is migrated.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

#: Their tables are not Django's models but SQL of their own migrations.
BY_MIGRATION = ("procrastinate",)


def is_empty() -> bool:
    """Whether nothing was ever made in this database."""
    return not connection.introspection.table_names()


def create_tables() -> None:
    """Make every table and note every migration as applied, in one transaction: all or nothing."""
    loader = MigrationLoader(connection)
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and model._meta.app_label not in BY_MIGRATION:
                editor.create_model(model)
        editor.create_model(recorder.Migration)
        for app, name in loader.disk_migrations:
            if app not in BY_MIGRATION:
                recorder.record_applied(app, name)
    for app in BY_MIGRATION:
        if apps.is_installed(f"{app}.contrib.django"):
            call_command("migrate", app, verbosity=0, interactive=False)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
