"""What several commands share: which office, which day, how a line of JSON is written."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from amiable.domain.errors import DomainError
from amiable.domain.text import typed
from amiable.domain.text.french import parse_euros
from amiable.domain.text.typed import whole

if TYPE_CHECKING:
    from amiable.core.models import Office
    from amiable.domain.law import Overrides


def day(text: str) -> date:
    """An argparse type: an ISO date."""
    try:
        return typed.day(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(error.message_fr.rstrip(".")) from None


def add_office(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--office", metavar="CODE", help="l’office, quand il y en a plusieurs")


def office_of(arguments: argparse.Namespace) -> Office:
    """The office --office names, or the only one. DomainError when none or several could be meant."""
    from amiable.core.models import Office

    offices = Office.objects.all()
    if arguments.office:
        offices = offices.filter(code=arguments.office)
    found = list(offices[:2])
    if len(found) == 1:
        return found[0]
    if arguments.office:
        raise DomainError("unknown_office", f"Aucun office ne porte le code « {arguments.office} ».")
    if not found:
        raise DomainError("no_office", "Aucun office : lancez d’abord « amiable init ».")
    codes = ", ".join(Office.objects.order_by("code").values_list("code", flat=True))
    raise DomainError("several_offices", f"Plusieurs offices ({codes}) : précisez --office CODE.")


def euros_argument(text: str) -> int:
    """An argparse type: an amount as one writes it, in cents."""
    try:
        return parse_euros(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(error.message_fr) from None


def count_argument(text: str) -> int:
    """An argparse type: a whole number, not negative."""
    try:
        return whole(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(error.message_fr) from None


def own_law(arguments: argparse.Namespace, rules: tuple[str, ...]) -> Overrides | None:
    """The office's own values, when somebody set one of these rules; the law as shipped on a machine that
    holds no office. DomainError when several offices could be meant."""
    from django.db import DatabaseError

    from amiable.core.law_overrides import in_force
    from amiable.core.models import LawOverride

    try:
        if not arguments.office and not LawOverride.objects.filter(rule_id__in=rules).exists():
            return None
    except DatabaseError:
        return None
    return in_force(office_of(arguments))


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on one line; dates in ISO."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=False)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
