"""A model that changes rooms keeps its table: an upgrade touches none (docs/adr/0011)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel, DeleteModel, SeparateDatabaseAndState
from django.test import override_settings

#: Rooms renamed as a whole keep the label under which their migrations were applied.
RENAMED = {"amiable.transfer": "litigation", "amiable.cases": "dossiers"}


def own_models():
    return [m for m in apps.get_models() if m.__module__.startswith("amiable.")]


def moved_models():
    return [m for m in own_models() if not m._meta.db_table.startswith(f"{m._meta.app_label}_")]


def migrations():
    """Every migration of the house: the tests' own database is made without them."""
    with override_settings(MIGRATION_MODULES={}):
        found = MigrationLoader(None).disk_migrations
    assert found
    return found


def creations(model):
    """The operations of its room's migrations that make `model`, and whether they make a table."""
    name = model._meta.model_name
    for (label, _), migration in migrations().items():
        if label != model._meta.app_label:
            continue
        for operation in migration.operations:
            inner = getattr(operation, "state_operations", [operation])
            if any(isinstance(one, CreateModel) and one.name_lower == name for one in inner):
                yield operation


def test_a_moved_model_is_made_in_the_state_only():
    assert moved_models()
    for model in moved_models():
        (made,) = creations(model)
        assert isinstance(made, SeparateDatabaseAndState) and not made.database_operations, model


def test_no_migration_drops_the_table_of_a_model_that_lives():
    tables = {m._meta.db_table for m in own_models()}
    for (label, name), migration in migrations().items():
        for operation in migration.operations:
            if isinstance(operation, DeleteModel):
                assert f"{label}_{operation.name_lower}" not in tables, f"{label}.{name}"


@pytest.mark.django_db
def test_every_table_is_some_model_s_and_every_model_has_its_table():
    wanted = set(connection.introspection.django_table_names(only_existing=False, include_views=False))
    there = set(connection.introspection.table_names())
    assert not wanted - there
    others = ("django_migrations", "procrastinate_")
    assert not [table for table in there - wanted if not table.startswith(others)]


def test_a_room_s_label_is_its_name_unless_it_was_renamed():
    for config in apps.get_app_configs():
        if config.name.startswith("amiable."):
            assert config.label == RENAMED.get(config.name, config.name.rpartition(".")[2])
