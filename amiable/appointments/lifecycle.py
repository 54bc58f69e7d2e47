"""The life of an appointment: one table, one way to move along it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from amiable.appointments.models import Appointment
from amiable.domain.errors import DomainError

State: Any = Appointment.State

MOVES = MappingProxyType(
    {
        State.PROPOSED: (State.BOOKED, State.KEPT, State.NO_SHOW, State.MOVED, State.CANCELLED),
        State.BOOKED: (State.KEPT, State.NO_SHOW, State.MOVED, State.CANCELLED),
        # A slip of the finger at the end of a day: said kept, or absent, by mistake.
        State.KEPT: (State.NO_SHOW,),
        State.NO_SHOW: (State.KEPT,),
        State.MOVED: (),
        State.CANCELLED: (),
    }
)
#: A time that nobody else may take.
TAKEN = (State.PROPOSED, State.BOOKED)


def transition(appointment: Appointment, to: str, **fields: Any) -> Appointment:
    """Move an appointment, once. DomainError `appointment_moved` when somebody did it first."""
    if to not in MOVES[State(appointment.state)]:
        raise DomainError(
            "appointment_move",
            f"Un rendez-vous « {appointment.get_state_display().lower()} » ne devient pas "
            f"« {State(to).label.lower()} ».",
        )
    moved = Appointment.objects.filter(pk=appointment.pk, state=appointment.state).update(state=to, **fields)
    if not moved:
        raise DomainError(
            "appointment_moved",
            "Ce rendez-vous vient d’être traité par quelqu’un d’autre : rechargez la page.",
        )
    appointment.refresh_from_db()
    return appointment
