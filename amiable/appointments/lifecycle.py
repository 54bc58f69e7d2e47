"""The life of an appointment: one table."""

from __future__ import annotations

from typing import Any

from amiable.appointments.models import Appointment
from amiable.domain.lifecycle import Lifecycle

State: Any = Appointment.State

LIFECYCLE = Lifecycle(
    starts=(State.PROPOSED, State.BOOKED),
    moves={
        State.PROPOSED: (State.BOOKED, State.KEPT, State.NO_SHOW, State.MOVED, State.CANCELLED),
        State.BOOKED: (State.KEPT, State.NO_SHOW, State.MOVED, State.CANCELLED),
        # A slip of the finger at the end of a day: said kept, or absent, by mistake.
        State.KEPT: (State.NO_SHOW,),
        State.NO_SHOW: (State.KEPT,),
        State.MOVED: (),
        State.CANCELLED: (),
    },
    labels_fr=dict(State.choices),
    moved_fr="Ce rendez-vous est « {stage} » : cette action n’est plus possible et rien n’a été changé. "
    "Rechargez la page.",
)
#: A time that nobody else may take.
TAKEN = (State.PROPOSED, State.BOOKED)
