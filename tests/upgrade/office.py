"""The small synthetic office of the upgrade fixture, written through the services of its commit.

Run by `make.py` only, with the code of that commit: the rooms named here are those of that day.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import django
import time_machine
import yaml

django.setup()

from amiable.core.clock import PARIS  # noqa: E402
from amiable.core.models import Office, User  # noqa: E402
from amiable.demo import (  # noqa: E402
    acts,
    appointments,
    contact,
    dossiers,
    files,
    history,
    interviews,
    litigation,
    offices,
    plans,
    stages,
    surendettement,
    tenants,
    titres,
    visits,
)
from amiable.demo.stories import REFS  # noqa: E402
from amiable.diary import services as diary  # noqa: E402
from amiable.diary.models import DiaryEntry, Dispute  # noqa: E402
from amiable.diary.writing import postponed  # noqa: E402
from amiable.dossiers.kinds import of_office  # noqa: E402
from amiable.intake import confirm  # noqa: E402
from amiable.intake import mapping as mappings  # noqa: E402
from amiable.intake.models import BankTransaction  # noqa: E402
from amiable.intake.reading import SPECS  # noqa: E402
from amiable.intake.services import import_list  # noqa: E402
from amiable.jobs.worker import run_until_idle  # noqa: E402
from amiable.ledger.models import Account  # noqa: E402
from amiable.nightly import services as nightly  # noqa: E402
from amiable.outreach import services as outreach  # noqa: E402
from amiable.outreach.models import Batch  # noqa: E402
from amiable.positions import services as positions  # noqa: E402
from amiable.procedures import instructions  # noqa: E402
from amiable.procedures import services as procedures  # noqa: E402

TODAY = date.fromisoformat(os.environ["AMIABLE_TODAY"])
NOW = datetime.combine(TODAY, time(10, 30), PARIS)
#: How many of those the demo invents are kept.
OWING, GONE, ORDINARY_TITRES = 22, 4, 6
#: Stages a dossier is left at, dealt over the kinds.
LEFT_AT = ("sent", "followed", "to_prepare", "closed", "answered", "acknowledged", "abandoned", "ready")


def main() -> None:
    with time_machine.travel(NOW, tick=False):
        _fewer_people()
        landlord, treasury = offices.open_landlord(TODAY), offices.open_treasury(TODAY)
        for office, received in (
            (landlord, files.landlord_files(TODAY)),
            (treasury, files.treasury_files(TODAY)),
        ):
            for file in received:
                _import(office, file)
            positions.refresh(office=office, as_of=TODAY)
        staff = {user.username: user for user in User.objects.all()}
        _settings(landlord, staff)
        with postponed():
            _said_and_done(landlord, treasury)
        positions.refresh(office=landlord, as_of=TODAY)
        with postponed():
            _bank(landlord, staff["c.morel"])
            appointments.landlord_appointments(landlord, TODAY)
            _dossiers(landlord)
            surendettement.landlord_surendettements(landlord, TODAY)
        positions.refresh(office=landlord, as_of=TODAY)
        with postponed():
            _visits(landlord, staff)
        litigation.landlord_transfers(landlord, TODAY)
        _corrections(landlord, staff)
        for office in (landlord, treasury):
            nightly.run(office=office, as_of=TODAY, now=NOW)
        _batches(landlord, staff["n.garnier"])
        for office in (landlord, treasury):
            nightly.run(office=office, as_of=TODAY, now=NOW)
        # No log-in, hence no salt drawn at random.
        User.objects.update(password="!")


def _fewer_people() -> None:
    """Of the demo's thousands, every story, one plan of each case and a few who owe."""
    ordinary_tenants, ordinary_titres, planned = tenants.ordinary, titres.ordinary, files.planned

    def few_tenants(count: int, today: date, first_number: int) -> Iterator[tenants.Tenant]:
        wanted = {"present": OWING, "parti": GONE}
        for tenant in ordinary_tenants(3_000, today, first_number):
            owed = sum(m.amount_cents for m in tenant.moves if (m.due_on or m.on) <= today)
            if owed > 2 * tenant.share_cents and wanted[tenant.status] and len(tenant.moves) < 40:
                wanted[tenant.status] -= 1
                yield tenant

    def one_of_each(today: date, count: int) -> Iterator[tuple[tenants.Tenant, object]]:
        seen: set[str] = set()
        for tenant, outline in planned(today):
            if outline.case not in seen:
                seen.add(outline.case)
                yield tenant, outline

    tenants.ordinary, files.planned = few_tenants, one_of_each
    titres.ordinary = lambda today: itertools.islice(ordinary_titres(today), 0, None, 1980 // ORDINARY_TITRES)


def _import(office: Office, file: files.DemoFile) -> None:
    import_list(
        office=office,
        list_kind=file.list_kind,
        data=file.data,
        filename=file.name,
        actor=None,
        today=file.received_on,
        source=file.source or None,
        mapping=mappings.from_dict(file.mapping, SPECS[file.list_kind]) if file.mapping else None,
    )


def _settings(office: Office, staff: dict[str, User]) -> None:
    """A setting of the office's own, a procedure copied and published, an instruction, a value of the law."""
    head = staff["n.garnier"]
    procedures.set_policy(
        office=office, key="plan_max_months", value=30, actor=head, today=TODAY, reason="Décision du conseil"
    )
    draft = procedures.open_draft(office=office, code=_first_code(office), actor=head)
    data = yaml.safe_load(draft.source)
    data["steps"][0]["label"] = "Rappel amical"
    procedures.save_draft(draft=draft, data=data, actor=head)
    draft.refresh_from_db()
    procedures.publish(draft=draft, actor=head, today=TODAY, reason="Libellé de l’office")
    procedures.open_draft(office=office, code=_first_code(office), actor=head)
    instructions.give(
        office=office, step_code="", text="Rappeler les horaires d’hiver", starts_on=TODAY, actor=head
    )


def _first_code(office: Office) -> str:
    return procedures.ProcedureVersion.objects.filter(office=office).order_by("code").first().code


def _said_and_done(landlord: Office, treasury: Office) -> None:
    history.landlord_history(landlord, TODAY)
    history.landlord_commitments(landlord, TODAY)
    history.treasury_history(treasury, TODAY)
    acts.landlord_acts(landlord, TODAY)
    acts.treasury_acts(treasury, TODAY)
    interviews.landlord_interviews(landlord, TODAY)
    contact.landlord_contacts(landlord, TODAY)
    plans.landlord_plans(landlord, TODAY)
    plans.treasury_plans(treasury, TODAY)


def _bank(office: Office, officer: User) -> None:
    """Of the waiting lines one is confirmed, one confirmed and put back, one set aside; the others wait."""
    waiting = BankTransaction.objects.filter(office=office, status="to_match").order_by("pk")
    suggested = [row for row in waiting if row.suggestions.exists()]
    for row in suggested[:2]:
        account = row.suggestions.first().account
        confirm.confirm(row=row, account=account, actor=officer, today=TODAY)
    suggested[1].refresh_from_db()
    confirm.put_back(row=suggested[1], actor=officer, today=TODAY)
    other = [row for row in waiting.all() if row.pk not in {one.pk for one in suggested}]
    confirm.set_aside(row=other[0], actor=officer)


def _dossiers(office: Office) -> None:
    """The stories' dossiers, then every kind at two or three stages, over the accounts that owe."""
    dossiers.landlord_dossiers(office, TODAY)
    free = Account.objects.filter(office=office, position__overdue_cents__gt=0, holds=None)
    free = free.exclude(ref__in=REFS.values()).select_related("office", "officer", "person", "agency")
    present = itertools.cycle(free.filter(status="present").order_by("ref"))
    helped = free.filter(status="present", position__caf_constituted_on__isnull=False)
    gone = itertools.cycle(free.filter(status="parti").order_by("ref"))
    officer, social = (User.objects.get(username=name) for name in ("c.morel", "s.lopez"))
    helped_again = itertools.cycle(helped.order_by("ref"))
    tour = stages._Tour(office, officer, social, TODAY, present, helped_again, gone)
    for place, kind in enumerate(of_office(office)):
        possible = [stage for stage in LEFT_AT if stages._may_stand(kind, stage)]
        for shift in range(3):
            stages._placed(tour, kind, possible[(place + 2 * shift) % len(possible)])


def _visits(office: Office, staff: dict[str, User]) -> None:
    """A round made yesterday with its reports, one for today, a visit to plan."""
    visits.geocoding.import_places(office=office, data=visits._places(office), actor=None, today=TODAY)
    agent, head = staff["c.morel"], staff["j.petit"]
    agency = visits.Agency.objects.get(office=office, code=visits.AGENCY)
    visits._lemoine(office, agent, TODAY)
    homes = list(
        Account.objects.select_related("person", "office", "agency")
        .filter(office=office, agency=agency, status="present", position__overdue_cents__gt=0)
        .exclude(ref__in=REFS.values())
        .order_by("ref")
    )
    yesterday = TODAY - timedelta(days=1)
    visits._made(homes[:3], agency, agent, yesterday)
    for account in homes[3:5]:
        visits._accept(account, head, yesterday)
    visits.services.plan_round(agency=agency, on=TODAY, agent=agent, actor=head, today=TODAY)
    visits.services.accept(account=homes[5], minutes=45, needs_two=True, actor=agent, today=TODAY)


def _corrections(office: Office, staff: dict[str, User]) -> None:
    """A line taken back, a dispute decided, a colleague's answer, a debt recognised: what follows an act."""
    officer = staff["c.morel"]
    call = DiaryEntry.objects.filter(office=office, kind="call", actor=officer).order_by("pk").first()
    diary.correct(entry=call, reason="Saisi sur le mauvais compte", actor=officer, today=TODAY)
    dispute = Dispute.objects.filter(account__office=office).order_by("pk").first()
    disputed = dispute.account
    acts.disputes.open_dispute(
        account=_owing(office, disputed), motive="payment", reason="Dit avoir payé par chèque",
        disputed_cents=12_000, actor=officer, today=TODAY - timedelta(days=3),
    )  # fmt: skip
    acts.disputes.decide(
        dispute=dispute, decision="partly", founded_cents=11_000,
        actor=staff["n.garnier"], today=TODAY,
    )  # fmt: skip


def _owing(office: Office, other: Account) -> Account:
    found = Account.objects.filter(office=office, position__overdue_cents__gt=30_000, holds=None)
    return found.exclude(pk=other.pk).exclude(ref__in=REFS.values()).order_by("-ref").first()


def _batches(office: Office, head: User) -> None:
    """The day's batches: the first leaves with its documents, the second is approved, the others wait."""
    leaving = Batch.objects.filter(office=office, status="proposed", lines__status="proposed")
    batches = sorted(
        leaving.distinct().order_by("pk"), key=lambda one: not one.lines.filter(channel="post").exists()
    )
    for batch in batches[:2]:
        outreach.approve(batch=batch, actor=head, now=NOW)
    outreach.send_now(batch=batches[0], actor=head, now=NOW)
    run_until_idle(now=NOW)


main()
