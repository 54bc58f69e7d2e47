"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import NightStep, Room

R: Any = User.Role

ROOM = Room(
    code="plans",
    lines={
        "plan": "Plan d’apurement",
    },
    verbs={
        "plan.approved": "a approuvé un plan dans sa délégation",
        "plan.approved_by_head": "a approuvé un plan au-delà de la délégation",
        "plan.cancelled": "a annulé un plan",
        "plan.completed": "a clos un plan soldé",
        "plan.denounced": "a dénoncé un plan",
        "plan.drawn_up": "a établi un plan d’apurement",
        "plan.exported": "a exporté les plans",
        "plan.redrawn": "a modifié un brouillon de plan",
        "plan.replaced": "a remplacé une version de plan",
        "plan.revision_drawn_up": "a établi la révision d’un plan",
        "plan.sent_back": "a renvoyé un plan",
        "plan.signed": "a enregistré la signature d’un plan",
        "plan.stopped": "a arrêté un plan que la loi ne permet plus",
        "plan.taken_back": "a repris un plan pour le modifier",
        "plan.to_approve": "a soumis un plan au responsable",
        "plan.to_sign": "a édité un plan à signer",
    },
    capabilities={
        # A plan beyond the officer's delegation.
        "approve_plans": (
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
        ),
    },
    night=(
        NightStep("plans", "suivi des plans d’apurement", "amiable.plans.night.plans", after=("disputes",)),
    ),
)
