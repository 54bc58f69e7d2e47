"""After money moved, the positions of the accounts it touched are computed again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from amiable.core.models import Office
from amiable.domain.errors import DomainError
from amiable.positions.services import refresh

logger = logging.getLogger(__name__)
#: Up to this many accounts are refreshed one set at once; beyond, the office is rebuilt range by range.
AT_ONCE = 2_000


def refresh_positions(office: Office, account_ids: Sequence[int], *, today: date) -> str:
    """Recompute the positions of `account_ids` on `today`.

    The money is already posted: a failure here is told (the sentence returned), never raised, because it must
    not pass for a refused import.
    """
    if not account_ids:
        return ""
    many = len(account_ids) > AT_ONCE
    try:
        refresh(office=office, as_of=today, ids=None if many else list(account_ids))
    except DomainError as error:
        return f"Importé, mais les positions n'ont pas pu être recalculées : {error.message_fr}"
    except Exception:
        logger.exception("positions of office %s not refreshed after an import", office.pk)
        return "Importé, mais les positions n'ont pas pu être recalculées : lancez « amiable nightly »."
    return ""
