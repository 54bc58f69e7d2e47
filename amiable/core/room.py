"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="core",
    verbs={
        "agency.added": "a ajouté une agence",
        "agency.changed": "a changé une agence",
        "journal.exported": "a exporté le journal",
        "law.override_added": "a donné la valeur de l’office pour une règle à vérifier",
        "law.override_ended": "a mis fin à une valeur de l’office",
        "office.changed": "a changé l’en-tête ou les moyens de paiement de l’office",
        "office.created": "a créé l’office",
        "person.erased": "a effacé les données d’une personne",
        "private_link.made": "a créé une adresse d’agenda",
        "sensitive_change.asked": "a demandé un changement à confirmer",
        "sensitive_change.done": "a confirmé un changement",
        "sensitive_change.dropped": "a abandonné un changement à confirmer",
        "user.accounts_handed_over": "a confié tous les comptes d’un collègue",
        "user.added": "a ajouté un utilisateur",
        "user.changed": "a changé le rôle ou les agences d’un utilisateur",
        "user.deactivated": "a fermé l’accès d’un utilisateur",
        "user.password_changed": "a changé son mot de passe",
        "user.password_reset": "a donné un mot de passe provisoire",
        "user.reactivated": "a rouvert l’accès d’un utilisateur",
    },
    capabilities={
        "override_law": (R.SERVICE_HEAD,),
        "manage_users": (
            R.ADMIN,
            R.SERVICE_HEAD,
        ),
        "read_journal": (
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
            R.AUDITOR,
            R.ADMIN,
        ),
    },
    append_only={"core.AuditEvent": ()},
)
