"""From a draft to a signature: who decides, what blocks, what is kept."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from amiable.correspondence import store
from amiable.diary import services as diary
from amiable.diary.models import DiaryEntry, Hold
from amiable.domain.errors import DomainError
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion
from amiable.positions.models import AccountPosition
from tests import factories
from tests.plans.conftest import DEBT, TODAY, Desk, noon


def refused(call, code: str, **given) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DomainError) as error:
        call(**given)
    assert error.value.code == code


def test_within_the_delegation_the_officer_decides(desk: Desk) -> None:
    version = plans.submit(version=desk.drawn(), actor=desk.officer, today=TODAY)
    assert (version.state, version.approved_by) == ("approved", desk.officer)


def test_beyond_it_a_head_approves_and_never_their_own(desk: Desk) -> None:
    version = plans.submit(version=desk.drawn(months=24), actor=desk.officer, today=TODAY)
    assert version.state == "to_approve"
    with pytest.raises(PermissionDenied):
        plans.approve(version=version, actor=desk.officer, today=TODAY)
    version = plans.approve(version=version, actor=desk.head, today=TODAY)
    assert (version.state, version.approved_by) == ("approved", desk.head)
    own = plans.take_back(version=version, actor=desk.head, today=TODAY)
    own = plans.submit(version=own, actor=desk.head, today=TODAY)
    refused(plans.approve, "plan_own_approval", version=own, actor=desk.head, today=TODAY)


def test_sent_back_it_is_a_draft_with_its_reason(desk: Desk) -> None:
    version = plans.submit(version=desk.drawn(months=24), actor=desk.officer, today=TODAY)
    version = plans.send_back(version=version, reason="Trop long", actor=desk.head, today=TODAY)
    assert version.state == "draft" and version.reason is not None and version.reason.text == "Trop long"


def test_an_amount_that_is_not_the_statement_is_blocked(desk: Desk) -> None:
    refused(desk.drawn, "plan_not_statement", debt_cents=DEBT - 1)
    version = desk.drawn()
    # A list comes in late with a payment of before: the statement no longer says 600,00 €.
    desk.pay(date(2026, 11, 10), 10_000)
    refused(plans.submit, "plan_not_statement", version=version, actor=desk.officer, today=TODAY)
    assert PlanVersion.objects.get().state == "draft"


def test_an_account_has_one_plan_at_a_time(desk: Desk) -> None:
    desk.drawn()
    refused(desk.drawn, "plan_open_already")


def test_signed_at_the_desk_it_keeps_its_evidence_and_holds_the_procedure(desk: Desk) -> None:
    version = desk.signed()
    assert version.state == "active" and version.evidence is not None and version.proof is not None
    told = json.loads(store.read(version.evidence))
    assert told["what"]["sha256"] == version.document.sha256
    assert told["who"]["typed_name"] == "Samira Durand" and told["when"].startswith("2026-11-12T12:00")
    hold = Hold.objects.get()
    assert (hold.kind, hold.ends_on) == ("plan", date(2027, 5, 15))
    desk.account.position.refresh_from_db()
    assert desk.account.position.held_by == "plan"
    events = list(DiaryEntry.objects.filter(kind="plan").order_by("pk").values_list("data__event", flat=True))
    assert events == ["drawn_up", "approved", "to_sign", "signed"]


def test_nobody_signs_for_another_nor_without_consent_nor_another_text(desk: Desk) -> None:
    version = plans.submit(version=desk.drawn(), actor=desk.officer, today=TODAY)
    version = plans.ready_to_sign(version=version, actor=desk.officer, now=noon(TODAY))
    good = {
        "version": version,
        "typed_name": "samira DURAND",
        "consents": True,
        "sha256": version.document.sha256,
        "actor": desk.officer,
        "now": noon(TODAY),
    }
    refused(plans.sign_electronically, "plan_wrong_name", **good | {"typed_name": "Paul Martin"})
    refused(plans.sign_electronically, "plan_no_consent", **good | {"consents": False})
    refused(plans.sign_electronically, "stale", **good | {"sha256": "0" * 64})
    assert plans.sign_electronically(**good).state == "active"
    refused(plans.sign_electronically, "plan_not_to_sign", **good)


def test_a_paper_is_signed_by_its_scan(desk: Desk) -> None:
    version = plans.submit(version=desk.drawn(), actor=desk.officer, today=TODAY)
    version = plans.ready_to_sign(version=version, actor=desk.officer, now=noon(TODAY))
    good = {
        "version": version,
        "scan": store.read(version.document),
        "signed_on": TODAY,
        "actor": desk.officer,
        "now": noon(TODAY),
    }
    refused(plans.sign_on_paper, "plan_bad_scan", **good | {"scan": b"MZ"})
    refused(plans.sign_on_paper, "plan_bad_day", **good | {"signed_on": date(2026, 11, 13)})
    signed = plans.sign_on_paper(**good)
    assert (signed.state, signed.proof.media_type) == ("active", "application/pdf")


def test_a_revision_replaces_and_keeps_the_earlier_version(desk: Desk) -> None:
    first = desk.signed()
    later = date(2026, 11, 20)
    again = plans.revise(
        plan=first.plan,
        asked=desk.asked(months=10),
        statement_on=later,
        capacity_cents=6_000,
        reason="Ressources en baisse",
        actor=desk.officer,
        today=later,
    )
    first.refresh_from_db()
    assert (first.state, again.number, again.state) == ("active", 2, "draft")
    again = plans.submit(version=again, actor=desk.officer, today=later)
    again = plans.ready_to_sign(version=again, actor=desk.officer, now=noon(later))
    again = plans.sign_on_paper(
        version=again, scan=b"%PDF-1.7 ", signed_on=later, actor=desk.officer, now=noon(later)
    )
    first.refresh_from_db()
    assert (first.state, first.ended_on, again.state) == ("replaced", later, "active")
    assert first.instalments.count() == 6 and again.instalments.count() == 10
    assert Hold.objects.filter(lifted_on=None).count() == 1


def test_cancelled_by_error_it_holds_nothing_any_more(desk: Desk) -> None:
    version = desk.signed()
    refused(plans.cancel, "plan_reason_missing", version=version, reason=" ", actor=desk.officer, today=TODAY)
    version = plans.cancel(version=version, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    assert version.state == "cancelled" and not Hold.objects.filter(lifted_on=None).exists()


def prescribes_on(desk: Desk) -> date | None:
    return AccountPosition.objects.get(account=desk.account).prescribes_on


def test_signing_acknowledges_the_debt_and_an_error_undoes_it(desk: Desk) -> None:
    """TIME-02: the three years of the oldest rent start again at the signature, once."""
    assert prescribes_on(desk) == date(2029, 10, 1)
    version = desk.signed()
    assert prescribes_on(desk) == date(2029, 11, 12)
    assert DiaryEntry.objects.filter(kind="interruption").count() == 1
    plans.cancel(version=version, reason="Mauvais compte", actor=desk.officer, today=TODAY)
    assert prescribes_on(desk) == date(2029, 10, 1)


def test_what_an_officer_corrected_before_is_not_corrected_twice(desk: Desk) -> None:
    version = desk.signed()
    entry = DiaryEntry.objects.get(kind="interruption")
    diary.correct(entry=entry, reason="Signature d’un tiers", actor=desk.officer, today=TODAY)
    plans.cancel(version=version, reason="Signature d’un tiers", actor=desk.officer, today=TODAY)
    assert DiaryEntry.objects.filter(kind="correction").count() == 1


def test_stopped_by_law_what_was_acknowledged_stays_so(desk: Desk) -> None:
    version = plans.stop(version=desk.signed(), reason="Recevabilité", actor=None, today=TODAY)
    assert version.state == "cancelled" and not Hold.objects.filter(lifted_on=None).exists()
    assert prescribes_on(desk) == date(2029, 11, 12)
    assert DiaryEntry.objects.filter(kind="plan", data__event="stopped").count() == 1


def test_a_plan_that_is_kept_is_not_denounced(desk: Desk) -> None:
    refused(
        plans.denounce, "plan_not_broken", version=desk.signed(), reason="", actor=desk.officer, today=TODAY
    )


def test_what_is_over_never_moves_again(desk: Desk) -> None:
    version = plans.cancel(version=desk.drawn(), reason="Doublon", actor=desk.officer, today=TODAY)
    refused(plans.submit, "moved", version=version, actor=desk.officer, today=TODAY)


def test_a_plan_covers_the_accounts_of_one_person_and_follows_her(desk: Desk) -> None:
    """Story 35: the old debt stays on the old lease, the plan is read from the new one."""
    old = desk.account
    type(old).objects.filter(pk=old.pk).update(status="mute")
    old.refresh_from_db()
    new = factories.account(desk.office, person=old.person, agency=desk.agency, entered_on=date(2026, 11, 1))
    stranger = factories.account(desk.office)
    common = {
        "asked": desk.asked(),
        "statement_on": TODAY,
        "capacity_cents": None,
        "actor": desk.officer,
        "today": TODAY,
    }
    refused(plans.draw_up, "plan_two_people", accounts=[old, stranger], **common)
    version = plans.draw_up(accounts=[old, new], **common)
    assert version.plan.account == new and set(version.plan.accounts.all()) == {old, new}
