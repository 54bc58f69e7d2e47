"""Everything that may be written on an account, gathered: other rooms import from here."""

from __future__ import annotations

from amiable.diary.callbacks import cancel_callback
from amiable.diary.contacts import change_contact, contact_works, record_contact_problem
from amiable.diary.doings import correct, log_call, log_event, log_note, mark_step_done, skip_step
from amiable.diary.holds import expire_holds, lift_hold, start_hold
from amiable.diary.interruptions import record_interruption
from amiable.diary.notifications import record_notification
from amiable.diary.presence import arrive
from amiable.diary.promises import cancel_promise, follow_promises, make_promise
from amiable.diary.requests import answer_task, ask_colleague, cancel_task, raise_work
from amiable.diary.writing import together
from amiable.diary.writing import write as write_entry

__all__ = [
    "answer_task",
    "arrive",
    "ask_colleague",
    "cancel_callback",
    "cancel_promise",
    "cancel_task",
    "change_contact",
    "contact_works",
    "correct",
    "expire_holds",
    "follow_promises",
    "lift_hold",
    "log_call",
    "log_event",
    "log_note",
    "make_promise",
    "mark_step_done",
    "raise_work",
    "record_contact_problem",
    "record_interruption",
    "record_notification",
    "skip_step",
    "start_hold",
    "together",
    "write_entry",
]
