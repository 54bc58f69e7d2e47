"""What the worker does for the books at each of its turns."""

from __future__ import annotations

from amiable.books.projecting import due
from amiable.jobs.registry import on_tick

on_tick(due)
