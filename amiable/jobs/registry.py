"""The tasks the worker knows, by name. Rooms register theirs when they load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

#: A task takes the running job (for progress) and its arguments; what it returns is kept as the result.
Task = Callable[..., dict[str, Any] | None]

_TASKS: dict[str, Task] = {}
_SCHEDULES: list[Schedule] = []
_TICKS: list[Callable[[datetime], int]] = []


@dataclass(frozen=True)
class Schedule:
    """A task due once a day, from this hour of Paris on, for each office."""

    task: str
    at: time


def task(name: str) -> Callable[[Task], Task]:
    """Register a function as the task `name`. It must be safe to run again after a kill."""

    def keep(function: Task) -> Task:
        if name in _TASKS and _TASKS[name].__qualname__ != function.__qualname__:
            raise RuntimeError(f"two tasks are named {name}")
        _TASKS[name] = function
        return function

    return keep


def daily(task_name: str, at: time) -> None:
    """Ask for `task_name` every day from `at` on."""
    _SCHEDULES.append(Schedule(task_name, at))


def on_tick(function: Callable[[datetime], int]) -> Callable[[datetime], int]:
    """Call `function(now)` at each turn of the worker; it returns how much it did, cheap when idle."""
    if function not in _TICKS:
        _TICKS.append(function)
    return function


def ticks() -> list[Callable[[datetime], int]]:
    return list(_TICKS)


def get(name: str) -> Task:
    return _TASKS[name]


def schedules() -> list[Schedule]:
    return list(_SCHEDULES)
