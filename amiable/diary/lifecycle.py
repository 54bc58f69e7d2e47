"""The lives of a promise, of a call to make and of a request: their tables."""

from __future__ import annotations

from typing import Any

from amiable.diary.models import Callback, Promise, Task
from amiable.domain.lifecycle import Lifecycle

_Promise: Any = Promise.Status
_Callback: Any = Callback.Status
_Task: Any = Task.Status

#: The ledger judges it again each night: a payment reversed undoes a promise kept, more money received says
#: itself on the same status. A cancellation is taken back by undoing its line.
PROMISE = Lifecycle(
    starts=(_Promise.PENDING,),
    moves={
        _Promise.PENDING: (_Promise.PENDING, _Promise.KEPT, _Promise.BROKEN, _Promise.CANCELLED),
        _Promise.KEPT: (_Promise.PENDING, _Promise.KEPT, _Promise.BROKEN),
        _Promise.BROKEN: (_Promise.PENDING, _Promise.KEPT, _Promise.BROKEN),
        _Promise.CANCELLED: (_Promise.PENDING,),
    },
    labels_fr=dict(_Promise.choices),
    moved_fr="Cette promesse est « {stage} » : elle n’est plus en cours, rien n’a été changé.",
    column="status",
)
CALLBACK = Lifecycle(
    starts=(_Callback.PENDING,),
    moves={
        _Callback.PENDING: (_Callback.DONE, _Callback.CANCELLED),
        _Callback.DONE: (),
        _Callback.CANCELLED: (),
    },
    labels_fr=dict(_Callback.choices),
    moved_fr="Cet appel est « {stage} » : rien n’a été changé.",
    column="status",
)
#: Work that was done comes back when its cause does: a number repaired, then broken again.
TASK = Lifecycle(
    starts=(_Task.OPEN,),
    moves={
        _Task.OPEN: (_Task.DONE, _Task.CANCELLED),
        _Task.DONE: (_Task.OPEN,),
        _Task.CANCELLED: (_Task.OPEN,),
    },
    labels_fr=dict(_Task.choices),
    moved_fr="Cette demande est déjà traitée ({stage}). Rien n’a été écrasé.",
    column="status",
)
