"""Those an act of a case is notified to: known before it leaves, each with the day and the proof of it."""

from __future__ import annotations

from collections.abc import Sequence

from amiable.cases.kinds import kind_of
from amiable.cases.models import CaseAccount, CaseParty, Dossier
from amiable.domain.cases.event import DEBTOR


def first_parties(covered: Sequence[CaseAccount]) -> list[CaseParty]:
    """Those of new cases, not yet written: who owes, and the partner in the role the kind seizes it in."""
    found: dict[tuple[int, str], CaseParty] = {}
    for one in covered:
        case, account = one.case, one.account
        for role in kind_of(case.kind).parties:
            if role == DEBTOR:
                who = {"person": account.person}
            elif case.partner is not None:
                who = {"partner": case.partner}
            else:
                continue
            found.setdefault((case.account_id, role), CaseParty(case=case, role=role, **who))
    return list(found.values())


def keep_partner(dossier: Dossier) -> None:
    """The partner chosen since is the one seized, unless the act was notified to the former one."""
    for role in kind_of(dossier.kind).parties:
        if role != DEBTOR and dossier.partner is not None:
            dossier.parties.filter(role=role, served_on=None).exclude(partner=None).delete()
            CaseParty.objects.get_or_create(case=dossier, role=role, partner=dossier.partner)
