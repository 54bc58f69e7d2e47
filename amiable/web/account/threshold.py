"""The debt from which an impayé is constituted for the CAF, as a line on the chart."""

from __future__ import annotations

from datetime import date

from amiable.accounts.models import AccountTerms
from amiable.domain.settlement.caf import TO_ANY, TO_LANDLORD, TO_TENANT, caf_law


def caf_threshold(terms: AccountTerms | None, day: date) -> int | None:
    """Cents, by the test in force that day for these terms; None without aid."""
    if terms is None or terms.aid_cents <= 0:
        return None
    concerned = (TO_ANY, TO_LANDLORD if terms.third_party else TO_TENANT)
    for test in caf_law().tests:
        in_force = test.from_on <= day and (test.to_on is None or day <= test.to_on)
        if not in_force or test.aid_to not in concerned:
            continue
        if test.above_cents is not None:
            return test.above_cents
        base = terms.rent_cents + terms.charges_cents - (terms.aid_cents if terms.third_party else 0)
        return round(base * test.multiple) if test.multiple is not None and base > 0 else None
    return None
