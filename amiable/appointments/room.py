"""What the room says of itself."""

from __future__ import annotations

from amiable.core.rooms import NightStep, Room

ROOM = Room(
    code="appointments",
    lines={
        "convocation": "Convocation",
        "no_show": "Absence au rendez-vous",
        "interview": "Entretien",
        "appointment": "Rendez-vous",
    },
    verbs={
        "absence.declared": "a noté une absence",
        "absence.withdrawn": "a retiré une absence",
        "appointment.booked": "a pris un rendez-vous",
        "appointment.cancelled_by_office": "a annulé un rendez-vous",
        "appointment.cancelled_by_tenant": "a noté l’annulation d’un rendez-vous",
        "appointment.kept": "a reçu la personne",
        "appointment.moved": "a déplacé un rendez-vous",
        "appointment.no_show": "a noté une absence au rendez-vous",
        "hours.saved": "a réglé des plages de réception",
    },
    night=(
        NightStep(
            "appointments",
            "rappels des rendez-vous",
            "amiable.appointments.night.appointments",
            after=("plans",),
        ),
    ),
)
