"""Visits of the demo: where its invented streets are, a round made yesterday, one for today, some to plan."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, time, timedelta
from itertools import cycle
from uuid import UUID

from django.db.models import Q

from amiable.accounts.models import Account
from amiable.core.clock import PARIS
from amiable.core.models import Agency, Office, User
from amiable.demo.stories import REFS
from amiable.positions.models import AccountPosition
from amiable.visits import geocoding, services
from amiable.visits.models import Visit
from amiable.visits.planning import agency_address
from amiable.visits.proposals import STEP
from amiable.visits.services import Findings

#: Town -> its centre: three invented towns, a few kilometres apart.
TOWNS = {
    "Deux-Rives": (47.9020, 1.9040),
    "Saint-Aubin-les-Rives": (47.9180, 1.9450),
    "Vernoy-sur-Rives": (47.8790, 1.8620),
}
#: Half the width of a town, in degrees.
_SPREAD = 0.012
#: A street in so many is missing from the list, as in any list.
_FORGOTTEN = 40
AGENCY, AGENT = "RIVE-GAUCHE", "c.morel"
#: What was found yesterday, stop after stop.
FOUND = (
    Findings(
        "present", ("name_on_box",), ("damp",), ("comes_to_agency", "wants_plan"),
        "Dit avoir perdu des heures de travail depuis septembre ; viendra avec ses bulletins de salaire.",
    ),
    Findings("absent", ("name_on_box", "mail_piled", "shutters_closed"), notice_left=True),
    Findings("third_party", ("furnished",), said="Son frère dira que nous sommes passés.", notice_left=True),
    Findings("refused", ("light_or_sound",), said="Ne souhaite pas échanger ; préfère un courrier."),
    Findings(
        "present", ("name_on_box",), ("in_order",), ("sends_papers", "we_call"),
        "Attestation de la CAF en cours, l’enverra cette semaine.",
    ),
)  # fmt: skip


def landlord_visits(office: Office, today: date) -> int:
    """Write them; how many visits."""
    users = {user.username: user for user in User.objects.filter(office=office, is_active=True)}
    agency = Agency.objects.get(office=office, code=AGENCY)
    geocoding.import_places(office=office, data=_places(office), actor=None, today=today)
    _lemoine(office, users[AGENT], today)
    homes = _proposed(office, agency)
    agent, yesterday = users[AGENT], today - timedelta(days=1)
    _made(homes[:5], agency, agent, yesterday)
    for place, account in enumerate(homes[5:12]):
        _accept(account, users["j.petit"], yesterday, from_at=time(14) if place == 2 else None)
    services.plan_round(agency=agency, on=today, agent=agent, actor=users["j.petit"], today=today)
    for account in homes[12:14]:
        _accept(account, agent, today)
    services.accept(
        account=homes[14],
        minutes=45,
        needs_two=True,
        note="Troisième étage sans ascenseur, interphone au nom du mari",
        actor=agent,
        today=today,
    )
    return Visit.objects.filter(office=office).count()


def _places(office: Office) -> bytes:
    """The office's own list: every street of the demo with invented coordinates, and the towns' centres."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\n")
    writer.writerow(("adresse", "code_postal", "ville", "latitude", "longitude"))
    postcodes = {}
    homes = Account.objects.filter(office=office, city__in=TOWNS).exclude(address="")
    rows = set(homes.values_list("address", "postcode", "city"))
    for agency in Agency.objects.filter(office=office):
        address = agency_address(agency)
        rows.add((address.street, address.postcode, address.city))
    for street, postcode, city in sorted(rows):
        postcodes[city] = postcode
        rng = random.Random(f"place {street} {city}")
        if city not in TOWNS or (rng.randrange(_FORGOTTEN) == 0 and not _is_agency(street, office)):
            continue
        lat, lon = (centre + rng.uniform(-_SPREAD, _SPREAD) for centre in TOWNS[city])
        writer.writerow((street, postcode, city, f"{lat:.5f}", f"{lon:.5f}"))
    for city, (lat, lon) in TOWNS.items():
        if city in postcodes:
            writer.writerow(("", postcodes[city], city, lat, lon))
    return lines.getvalue().encode()


def _is_agency(street: str, office: Office) -> bool:
    return any(agency_address(agency).street == street for agency in office.agencies.all())


def _proposed(office: Office, agency: Agency) -> list[Account]:
    """Ordinary tenants of the agency whom letters did not reach, those the procedure would visit first."""
    written = Account.objects.filter(
        office=office, agency=agency, status="present", diary__step="relance_2", position__overdue_cents__gt=0
    )
    written = written.exclude(Q(ref__in=REFS.values()) | Q(diary__step=STEP) | Q(plans__isnull=False))
    ids = sorted(set(written.values_list("pk", flat=True)))
    proposed = set(AccountPosition.objects.filter(pk__in=ids, next_step=STEP).values_list("pk", flat=True))
    found = Account.objects.select_related("person", "office", "agency").in_bulk(ids)
    return [found[pk] for pk in sorted(ids, key=lambda pk: (pk not in proposed, pk))[:15]]


def _accept(account: Account, actor: User, on: date, from_at: time | None = None) -> Visit:
    return services.accept(account=account, minutes=30, from_at=from_at, actor=actor, today=on)


def _made(homes: list[Account], agency: Agency, agent: User, on: date) -> None:
    """A round from its decision to its reports."""
    for account in homes:
        _accept(account, agent, on - timedelta(days=2))
    tour, _ = services.plan_round(agency=agency, on=on, agent=agent, actor=agent, today=on)
    for visit, found in zip(tour.visits.order_by("rank"), cycle(FOUND), strict=False):
        assert visit.arrives_at is not None
        _report(visit, found, agent, datetime.combine(on, visit.arrives_at, PARIS))


def _report(visit: Visit, found: Findings, agent: User, at: datetime) -> None:
    # The same demo twice writes the same reports.
    uuid = UUID(int=random.Random(f"report {visit.account.ref}").getrandbits(128), version=4)
    services.report(visit=visit, uuid=uuid, found=found, visited_at=at, actor=agent, now=at)


def _lemoine(office: Office, officer: User, today: date) -> None:
    """12. Nobody was at home half a year ago: an avis de passage was left."""
    account = Account.objects.select_related("person", "office", "agency").get(
        office=office, ref=REFS["lemoine"]
    )
    on = today - timedelta(days=180)
    visit = _accept(account, officer, on - timedelta(days=4))
    found = Findings("absent", ("name_on_box", "mail_piled"), notice_left=True)
    _report(visit, found, officer, datetime.combine(on, time(10, 30), PARIS))
