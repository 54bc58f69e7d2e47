"""Persons and their contact points; phone numbers come from the ranges reserved for fiction."""

from __future__ import annotations

from typing import Any

from amiable.core.models import Office
from amiable.domain.text import french
from amiable.parties.models import ContactPoint, Person


def person(of: Office, last_name: str = "Durand", first_name: str = "Samira", **fields: Any) -> Person:
    """A debtor, with the search key the imports would give."""
    key = french.search_key(last_name, first_name)
    return Person.objects.create(
        office=of, last_name=last_name, first_name=first_name, search_key=key, **fields
    )


def contact(of: Person, kind: str = "phone", value: str = "+33639981102", **fields: Any) -> ContactPoint:
    """A way to reach somebody: `phone` (E.164), `email` or `address`."""
    mobile = kind == "phone" and value.startswith(("+336", "+337"))
    return ContactPoint.objects.create(person=of, kind=kind, value=value, is_mobile=mobile, **fields)
