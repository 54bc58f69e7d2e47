"""Every lifecycle of the product against its own table: the allowed moves once, the rest changes nothing."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

import amiable
from amiable.core.lifecycle import move, move_all
from amiable.domain.errors import DomainError
from amiable.domain.lifecycle import Lifecycle
from tests.factories import rows

ROOT = Path(amiable.__file__).parent
#: Below `core`: what a worker holds is a lease that may be lost and taken again.
LEASES = {Path("jobs/services.py")}


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _lifecycles() -> dict[str, Lifecycle]:
    found = {}
    for path, tree in _sources():
        if any(_called(node) == "Lifecycle" for node in ast.walk(tree)):
            name = ".".join(("amiable", *path.with_suffix("").parts))
            module = importlib.import_module(name)
            for attribute, value in vars(module).items():
                if isinstance(value, Lifecycle):
                    found[f"{name}.{attribute}"] = value
    return found


LIFECYCLES = _lifecycles()


def model_of(life: Lifecycle) -> type[models.Model]:
    """The model whose column has the same stages under the same names."""
    found = [
        model
        for model in apps.get_models()
        if any(f.name == life.column and dict(f.choices or ()) == life.labels_fr for f in model._meta.fields)
    ]
    assert len(found) == 1, f"{dict(life.labels_fr)}: {found}"
    return found[0]


def test_each_lifecycle_is_that_of_one_model_and_begins_where_its_rows_begin() -> None:
    assert len({model_of(life) for life in LIFECYCLES.values()}) == len(LIFECYCLES) >= 14
    for life in LIFECYCLES.values():
        assert model_of(life)._meta.get_field(life.column).default in life.starts


@pytest.mark.django_db
@pytest.mark.parametrize("name", LIFECYCLES)
def test_what_the_table_allows_moves_and_the_rest_changes_nothing(name: str) -> None:
    life = LIFECYCLES[name]
    model = model_of(life)
    row: Any = rows.make(model)
    mine = model._default_manager.filter(pk=row.pk)
    for stage, following in life.moves.items():
        for to in life.moves:
            mine.update(**{life.column: stage})
            row.refresh_from_db()
            if to in following:
                assert getattr(move(row, to, life), life.column) == to
            else:
                with pytest.raises(DomainError) as refused:
                    move(row, to, life)
                assert (refused.value.code, refused.value.message_fr) == ("moved", life.said(stage))
                assert move_all(mine, to, life) == 0
                assert mine.values_list(life.column, flat=True).get() == stage


@pytest.mark.django_db
@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_second_of_two_people_is_told_where_it_is_now(name: str) -> None:
    life = LIFECYCLES[name]
    first: Any = rows.make(model_of(life))
    stage, to, other = next(
        (stage, to, other)
        for stage, following in life.moves.items()
        for to in following
        for other in following
        if to != stage
    )
    type(first)._default_manager.filter(pk=first.pk).update(**{life.column: stage})
    first.refresh_from_db()
    second = type(first)._default_manager.get(pk=first.pk)
    move(first, to, life)
    with pytest.raises(DomainError) as refused:
        move(second, other, life)
    assert refused.value.message_fr == life.said(to)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", LIFECYCLES)
def test_of_two_who_move_at_the_same_instant_one_wins(name: str) -> None:
    life = LIFECYCLES[name]
    stage = next(one for one, to in life.moves.items() if to - {one})
    to = sorted(life.moves[stage] - {stage})[0]
    row: Any = rows.make(model_of(life))
    type(row)._default_manager.filter(pk=row.pk).update(**{life.column: stage})
    seen = [type(row)._default_manager.get(pk=row.pk) for _ in range(2)]
    told: list[str] = []
    together = Barrier(2)

    def go(one: Any) -> None:
        together.wait()
        try:
            move(one, to, life)
            told.append("won")
        except DomainError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=go, args=(one,)) for one in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["moved", "won"]


def test_no_stage_is_written_beside_the_one_road() -> None:
    """`update(status=...)` anywhere but in `core.lifecycle` is a move that no table allows."""
    columns = {life.column for life in LIFECYCLES.values()}
    beside = [
        f"{path}:{node.lineno}"
        for path, tree in _sources()
        if path not in LEASES
        for node in ast.walk(tree)
        if _called(node) == "update"
        and isinstance(node, ast.Call)
        and columns & {word.arg for word in node.keywords}
    ]
    assert not beside
