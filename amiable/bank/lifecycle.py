"""The life of a line of the bank: one table."""

from __future__ import annotations

from typing import Any

from amiable.bank.models import BankTransaction
from amiable.domain.lifecycle import Lifecycle

_Bank: Any = BankTransaction.Status

#: Claimed by an officer first, posted next: a line that is matched may be matched once more, to its entry.
BANK = Lifecycle(
    starts=(_Bank.TO_MATCH, _Bank.OTHER, _Bank.SET_ASIDE),
    moves={
        _Bank.TO_MATCH: (_Bank.MATCHED, _Bank.SAME, _Bank.SET_ASIDE, _Bank.SPLIT),
        _Bank.SPLIT: (_Bank.TO_MATCH,),
        _Bank.MATCHED: (_Bank.MATCHED, _Bank.SAME, _Bank.TO_MATCH),
        _Bank.SAME: (_Bank.TO_MATCH,),
        _Bank.SET_ASIDE: (_Bank.TO_MATCH,),
        _Bank.OTHER: (_Bank.TO_MATCH,),
    },
    labels_fr=dict(_Bank.choices),
    moved_fr="Cette ligne est « {stage} » : rien n’a été changé. Rechargez la page.",
    column="status",
)
