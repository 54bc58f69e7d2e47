"""Everything other rooms may ask of plans."""

from __future__ import annotations

from amiable.plans.deciding import approve, send_back, submit
from amiable.plans.drawing import Simulation, draw_up, redraw, revise, simulate, take_back
from amiable.plans.ending import cancel, complete, denounce, stop
from amiable.plans.following import follow_plans, follow_versions, followed
from amiable.plans.signing import ready_to_sign, sign_electronically, sign_on_paper, take_over
from amiable.plans.statement import Statement, statement_of
from amiable.plans.telling import confirm, congratulate, denounce_and_tell, share, warn

__all__ = [
    "Simulation",
    "Statement",
    "approve",
    "cancel",
    "complete",
    "confirm",
    "congratulate",
    "denounce",
    "denounce_and_tell",
    "draw_up",
    "follow_plans",
    "follow_versions",
    "followed",
    "ready_to_sign",
    "redraw",
    "revise",
    "send_back",
    "share",
    "sign_electronically",
    "sign_on_paper",
    "simulate",
    "statement_of",
    "stop",
    "submit",
    "take_back",
    "take_over",
    "warn",
]
