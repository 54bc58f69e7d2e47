"""Two kinds the product does not have, each declared in its one file: they prove what the engine can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from amiable.cases import facts, kinds
from amiable.core.rooms import house
from amiable.domain.decision import facts as vocabulary


@contextmanager
def declared() -> Iterator[None]:
    """As if a room named this folder in its `room.py`; afterwards the product is what it was."""
    known = dict(vocabulary._FACTS)
    told = replace(house(), kinds=(*house().kinds, __name__))
    with patch.object(kinds, "house", lambda: told):
        kinds.every.cache_clear()
        facts.declare()
        yield
    kinds.every.cache_clear()
    vocabulary._FACTS.clear()
    vocabulary._FACTS.update(known)
    facts.declare()
