"""Finding accounts by what people remember: a name without accents, a reference, a phone number, a town.

Every way is an indexed lookup giving account ids; only a first name, which no index begins with, reads the
whole name index, and only when the faster ways found nothing.
"""

from __future__ import annotations

import json

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from amiable.accounts.models import Account, AccountAlias
from amiable.domain.text.french import search_key
from amiable.parties.models import ContactPoint, Person

#: Fewer digits than this are more likely a part of a reference than a phone number.
_PHONE_DIGITS = 6
_AT_ONCE = 10_000
#: Sorts after every character a name or a reference may hold.
_LAST = "\U0010ffff"


def matching(office_id: int, text: str) -> RawSQL | QuerySet:
    """Ids of the office's accounts that match `text`, for an `__in`; the caller's scope still applies.

    Looked for once for the whole page; beyond `_AT_ONCE`, by each of its queries.
    """
    text = text.strip()
    accounts = Account.objects.filter(office_id=office_id).order_by()
    forms = {text, text.upper()}
    ways = [accounts.filter(_prefix("ref", form)) for form in forms]
    aliases = AccountAlias.objects.filter(office_id=office_id)
    ways += [accounts.filter(pk__in=aliases.filter(_prefix("alias", f)).values("account_id")) for f in forms]
    for kind, start in _contacts(text):
        points = ContactPoint.objects.filter(_prefix("value", start), kind=kind, is_current=True)
        ways.append(accounts.filter(person__in=points.values("person")))
    words = search_key(text).split()
    ways += _by_name_and_town(accounts, office_id, words)
    found = _union(ways)
    ids = _ids(found)
    if words and not ids:
        # A first name: no index begins with it.
        found = accounts.filter(person__in=_named_anywhere(office_id, words)).values("pk")
        ids = _ids(found)
    return _listed(ids) if len(ids) <= _AT_ONCE else found


def _listed(ids: list[int]) -> RawSQL:
    """The ids as one parameter: thousands of them, each its own, cost more than the search."""
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(ids)])
    return RawSQL("SELECT unnest(%s::bigint[])", [ids])


def _ids(found: QuerySet) -> list[int]:
    return list(found.values_list("pk", flat=True)[: _AT_ONCE + 1])


def _union(ways: list[QuerySet]) -> QuerySet:
    first, *others = [way.values("pk") for way in ways]
    return first.union(*others)


def _prefix(field: str, start: str) -> Q:
    """`field` begins with `start`, in a form the index serves on this database."""
    if connection.vendor == "sqlite":
        # LIKE ignores case on SQLite and so cannot use the index; a range can.
        return Q(**{f"{field}__gte": start, f"{field}__lt": start + _LAST})
    return Q(**{f"{field}__startswith": start})


def _contacts(text: str) -> list[tuple[str, str]]:
    """(kind, beginning) of the contact points the text may mean: a French phone number, an e-mail address."""
    if "@" in text:
        return [("email", text.lower())]
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) < _PHONE_DIGITS or any(c.isalpha() for c in text):
        return []
    if digits.startswith("00"):
        return [("phone", "+" + digits[2:])]
    return [("phone", "+33" + digits[1:] if digits.startswith("0") else "+" + digits)]


def _by_name_and_town(accounts: QuerySet, office_id: int, words: list[str]) -> list[QuerySet]:
    """« durand », « durand samira », « saint etienne », « durand saint etienne »: name, then town."""
    if not words:
        return []
    keys = {city: search_key(city) for city in _cities(office_id)}
    ways = []
    for cut in range(len(words) + 1):
        town = " ".join(words[cut:])
        towns = [city for city, key in keys.items() if town and key.startswith(town)]
        if town and not towns:
            continue
        way = accounts.filter(city__in=towns) if town else accounts
        ways.append(way.filter(person__in=_named(office_id, words[:cut])) if cut else way)
    return ways


def _cities(office_id: int) -> list[str]:
    """The office's towns, one look in the index for each: DISTINCT would read every account."""
    least = "SELECT MIN(city) FROM ledger_account WHERE office_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE town (city) AS ({least} UNION ALL"
            f" SELECT ({least} AND ledger_account.city > town.city) FROM town WHERE town.city IS NOT NULL)"
            " SELECT city FROM town WHERE city IS NOT NULL",
            [office_id, office_id],
        )
        return [city for (city,) in cursor.fetchall()]


def _named(office_id: int, words: list[str]) -> QuerySet:
    """Persons whose name begins with one of the words and holds the others, whatever their order."""
    anyone = Q()
    for index, word in enumerate(words):
        others = words[:index] + words[index + 1 :]
        anyone |= _prefix("search_key", word) & _holds(others)
    return Person.objects.filter(anyone, office_id=office_id).values("pk")


def _named_anywhere(office_id: int, words: list[str]) -> QuerySet:
    return Person.objects.filter(_holds(words), office_id=office_id).values("pk")


def _holds(words: list[str]) -> Q:
    """Each word begins a word of the name."""
    every = Q()
    for word in words:
        every &= Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")
    return every
