"""case open, case event, case timeline: what is prepared for several accounts, and what happens to it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amiable.cli.common import add_office, day, office_of, print_json
from amiable.domain.cases.event import Field
from amiable.domain.cases.kind import LEAVES
from amiable.domain.errors import DomainError
from amiable.domain.text import french
from amiable.domain.text.typed import whole

if TYPE_CHECKING:
    from amiable.accounts.models import Account
    from amiable.cases.models import Dossier
    from amiable.core.models import Office
    from amiable.correspondence.models import Document


def register(subparsers: argparse._SubParsersAction) -> None:
    case = subparsers.add_parser(
        "case", help="un dossier : l’ouvrir, y noter un événement, le relire"
    ).add_subparsers(dest="case_command", required=True, metavar="ACTION")

    opened = case.add_parser("open", help="ouvrir un dossier, pour un ou plusieurs comptes d’un débiteur")
    opened.add_argument("refs", metavar="COMPTE[,COMPTE...]")
    opened.add_argument("--kind", required=True, metavar="TYPE", help="caf, ccapex, fsl…")
    opened.set_defaults(run=run_open)

    event = case.add_parser("event", help="noter ce qui est arrivé à un dossier")
    event.add_argument("case", metavar="DOSSIER", help="D-12")
    event.add_argument(
        "code", metavar="ÉVÉNEMENT", help="« sent » pour l’envoi ; les autres sont ceux du type"
    )
    event.add_argument("--on", required=True, type=day, metavar="DATE", help="AAAA-MM-JJ")
    event.add_argument(
        "--set", action="append", default=[], metavar="CHAMP=VALEUR", help="montants en centimes"
    )
    event.add_argument("--proof", type=Path, metavar="FICHIER", help="le PDF qui le prouve")
    event.set_defaults(run=run_event)

    timeline = case.add_parser("timeline", help="ce qui est arrivé et ce qui est attendu, compte par compte")
    timeline.add_argument("ref", metavar="COMPTE")
    timeline.set_defaults(run=run_timeline)
    for one in (opened, event, timeline):
        one.add_argument("--json", action="store_true", help="un objet JSON par ligne")
        add_office(one)
        one.set_defaults(needs_django=True)


def run_open(arguments: argparse.Namespace) -> int:
    from amiable.cases import services
    from amiable.core import clock

    office = office_of(arguments)
    first, *beside = [_account(office, ref.strip()) for ref in arguments.refs.split(",")]
    made = services.open_dossier(
        account=first, beside=beside, kind=arguments.kind, actor=None, today=clock.today()
    )
    return _say(made, arguments.json)


def run_event(arguments: argparse.Namespace) -> int:
    from django.db import transaction

    from amiable.cases import services
    from amiable.cases.events import asked
    from amiable.cases.kinds import kind_of
    from amiable.core import clock

    case, code, on = _case(office_of(arguments), arguments.case), arguments.code, arguments.on
    given = dict(_pair(text) for text in arguments.set)
    with transaction.atomic():
        # A refusal takes the proof back too.
        proof = _proof(case, arguments.proof, on)
        if code == LEAVES:
            way = given.pop("way", "hand")
            _refuse_unknown(given, ())
            made = services.send(dossier=case, way=way, actor=None, now=clock.now(), on=on, proof=proof)
        else:
            values = _values(asked(case, kind_of(case.kind).event(code), clock.today()), given)
            made = services.record_event(
                dossier=case, code=code, on=on, actor=None, today=clock.today(), values=values, document=proof
            )
    return _say(made, arguments.json)


def run_timeline(arguments: argparse.Namespace) -> int:
    from amiable.cases.timeline import timeline

    for one in timeline(_account(office_of(arguments), arguments.ref)):
        if arguments.json:
            print_json(asdict(one))
        else:
            print(f"{one.on:%d/%m/%Y} {one.case} {one.label_fr} ({one.code})")
    return 0


def _account(office: Office, ref: str) -> Account:
    from amiable.accounts.models import Account

    related = Account.objects.select_related("office", "person", "agency", "officer")
    found = related.filter(office=office, ref=ref).first()
    if found is None:
        raise DomainError("unknown_account", f"Aucun compte « {ref} » dans cet office.")
    return found


def _case(office: Office, text: str) -> Dossier:
    from amiable.cases.models import Dossier

    number = whole(text.removeprefix("D-"))
    related = Dossier.objects.select_related(
        "office", "account__office", "account__person", "partner__person"
    )
    found = related.filter(office=office, pk=number).first()
    if found is None:
        raise DomainError("unknown_case", f"Aucun dossier « {text} » dans cet office.")
    return found


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise DomainError("bad_value", f"« {text} » : attendu CHAMP=VALEUR.")
    return name, value


def _refuse_unknown(given: dict[str, str], known: tuple[str, ...]) -> None:
    if unknown := sorted(set(given) - set(known)):
        expected = ", ".join(known) or "aucun"
        raise DomainError(
            "field_unknown", f"Cet événement n’a pas de champ « {unknown[0]} ». Champs : {expected}."
        )


def _values(fields: Sequence[Field], given: dict[str, str]) -> dict[str, Any]:
    """What was typed, as the fields keep it: cents, dates, codes."""
    _refuse_unknown(given, tuple(one.code for one in fields))
    found: dict[str, Any] = {}
    for one in fields:
        if (text := given.get(one.code)) is None:
            continue
        try:
            found[one.code] = _READ.get(one.kind, str)(text)
        except ValueError:
            raise DomainError("bad_value", f"« {one.label_fr} » : « {text} » n’est pas lisible.") from None
        if one.choices and text not in dict(one.choices):
            codes = ", ".join(code for code, _ in one.choices)
            raise DomainError("bad_value", f"« {one.label_fr} » : attendu l’un de {codes}.")
    return found


_READ: dict[str, Any] = {
    "money": int,
    "number": int,
    "date": date.fromisoformat,
    "bool": {"oui": True, "non": False}.__getitem__,
}


def _proof(case: Dossier, path: Path | None, on: date) -> Document | None:
    from amiable.correspondence import store

    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError:
        raise DomainError("file_missing", f"Le fichier « {path} » ne peut pas être lu.") from None
    if not content.startswith(b"%PDF-"):
        raise DomainError("not_a_pdf", f"Le fichier « {path} » n’est pas un PDF.")
    return store.add_document(
        office=case.office,
        code="preuve_dossier",
        title=path.name[:120],
        content=content,
        dated_on=on,
        actor=None,
        account=case.account,
    )


def _say(case: Dossier, as_json: bool) -> int:
    from amiable.cases.gate import act_checks
    from amiable.cases.kinds import kind_of
    from amiable.cases.services import possible_events
    from amiable.core import clock

    kind = kind_of(case.kind)
    covered = case.covers.select_related("account").order_by("pk")
    if not as_json:
        refs = ", ".join(one.account.ref for one in covered)
        print(f"{case} : {kind.label_fr}, {french.inside(case.get_stage_display())} ({refs})")
        return 0
    print_json(
        {
            "case": str(case),
            "kind": case.kind,
            "family": kind.family.code,
            "stage": case.stage,
            "accounts": [
                {"ref": one.account.ref, "claimed_cents": one.claimed_cents, "as_of": one.as_of}
                for one in covered
            ],
            "parties": list(case.parties.values("role", "served_on")),
            "sent_on": case.sent_on,
            "last_event": case.answer,
            "limit_on": case.limit_on,
            "open_checks": [one.code for one in act_checks(case, clock.today()) if one.is_open],
            "possible_events": [one.code for one in possible_events(case)],
        }
    )
    return 0
