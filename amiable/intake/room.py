"""What the room says of itself."""

from __future__ import annotations

from typing import Any

from amiable.core.models import User
from amiable.core.rooms import Room

R: Any = User.Role

ROOM = Room(
    code="intake",
    verbs={
        "import.committed": "a importé un fichier",
        "told_row.same": "a reconnu une ligne déjà inscrite",
        "told_row.put_back": "a remis une ligne de liste à rapprocher",
        "told_row.another": "a inscrit à part une ligne qui attendait",
        "source.created": "a créé une source d’import",
        "source.mapping_saved": "a enregistré des colonnes rapprochées",
    },
    capabilities={
        "import_lists": (
            R.OFFICER,
            R.AGENCY_HEAD,
            R.SERVICE_HEAD,
            R.ADMIN,
        ),
    },
)
