"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import NightStep, Room

R: Any = User.Role

ROOM = Room(
    code="diary",
    lines={
        "call": "Appel",
        "note": "Note",
        "hold": "Mise en attente",
        "hold_end": "Fin de l’attente",
        "promise": "Promesse de paiement",
        "promise_kept": "Promesse tenue",
        "promise_broken": "Promesse non tenue",
        "promise_cancelled": "Promesse annulée",
        "dispute": "Contestation",
        "task": "Demande à un collègue",
        "task_answer": "Réponse d’un collègue",
        "contact_problem": "Problème de contact",
        "step_done": "Étape faite",
        "step_skipped": "Étape écartée",
        "situation": "Situation particulière",
        "interruption": "Prescription interrompue",
        "notified": "Reçu par la personne",
        "correction": "Correction",
    },
    verbs={
        "diary.call": "a noté un appel",
        "diary.callback_cancelled": "a annulé un rappel promis",
        "diary.contact_changed": "a changé un moyen de contact",
        "diary.contact_problem": "a signalé un moyen de contact qui ne marche pas",
        "diary.corrected": "a corrigé une ligne du fil",
        "diary.event": "a noté ce qui s’est passé",
        "diary.interruption": "a noté un acte qui interrompt la prescription",
        "diary.message": "a écrit à la personne",
        "diary.note": "a écrit une note",
        "diary.notified": "a noté la réception d’une lettre",
        "diary.step_done": "a fait une étape",
        "diary.step_skipped": "a écarté une étape",
        "dispute.corrected": "a noté la correction d’une contestation",
        "dispute.decided": "a tranché une contestation",
        "dispute.exhibit": "a joint une pièce à une contestation",
        "dispute.opened": "a noté une contestation",
        "hold.expired": "a vu finir une mise en attente",
        "hold.lifted": "a levé une mise en attente",
        "hold.started": "a mis le compte en attente",
        "promise.cancelled": "a annulé une promesse de paiement",
        "promise.followed": "a conclu une promesse de paiement",
        "promise.made": "a noté une promesse de paiement",
        "situation.death": "a noté un décès",
        "situation.death_cancelled": "a annulé un décès noté par erreur",
        "situation.flag_lifted": "a levé un signal",
        "situation.flag_raised": "a signalé une situation",
        "situation.party_added": "a lié une personne à un compte",
        "situation.party_left": "a noté le départ d’une personne liée à un compte",
        "situation.party_removed": "a retiré une personne liée par erreur",
        "situation.party_stays": "a annulé un départ",
        "situation.protected": "a noté une mesure de protection",
        "situation.protection_ended": "a noté la fin d’une mesure de protection",
        "task.answered": "a répondu à une demande",
        "task.asked": "a fait une demande à un collègue",
        "task.cancelled": "a annulé une demande",
    },
    capabilities={
        "answer_tasks": (
            R.OFFICER,
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
            R.LITIGATION,
            R.SOCIAL_WORKER,
            R.COLLEAGUE,
        ),
        # After a threat, only a head calls (restricted file).
        "call_restricted": (
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
        ),
    },
    append_only={"diary.DiaryEntry": ("note",)},
    night=(
        NightStep("holds", "fin des mises en attente", "amiable.diary.night.holds"),
        # A hold that ends lets a promise be judged.
        NightStep("promises", "suivi des promesses", "amiable.diary.night.promises", after=("holds",)),
        NightStep(
            "disputes", "contestations à répondre", "amiable.diary.night.disputes", after=("promises",)
        ),
    ),
)
