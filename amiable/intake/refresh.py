"""After money moved, the positions of the accounts it touched are computed again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from amiable.core.models import Office
from amiable.domain.errors import DomainError
from amiable.positions.stale import refresh_now

logger = logging.getLogger(__name__)


def refresh_positions(office: Office, account_ids: Sequence[int], *, today: date) -> str:
    """Recompute the positions of `account_ids` on `today`.

    The money is already posted: a failure here is told (the sentence returned), never raised, because it must
    not pass for a refused import. The accounts stay marked and the worker tries again.
    """
    if not account_ids:
        return ""
    try:
        refresh_now(office=office, account_ids=account_ids, today=today)
    except DomainError as error:
        return f"Importé, mais les positions n'ont pas pu être recalculées : {error.message_fr}"
    except Exception:
        logger.exception("positions of office %s not refreshed after an import", office.pk)
        return "Importé, mais les positions n'ont pas pu être recalculées : lancez « amiable nightly »."
    return ""
