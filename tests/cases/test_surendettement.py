"""What each decision of a surendettement does to an account: split, erasures, measures, lapse."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from amiable.accounts.models import Account, AccountParty
from amiable.core.models import User
from amiable.correspondence.models import OutboxItem
from amiable.diary import holds
from amiable.diary.models import DiaryEntry, Hold, Task
from amiable.diary.promises import make_promise
from amiable.domain.errors import DomainError
from amiable.domain.plans.schedule import Asked
from amiable.domain.settlement.entry_kinds import EntryKind as K
from amiable.ledger.frozen_parts import split_of
from amiable.ledger.models import Entry
from amiable.overindebtedness import services as bdf
from amiable.plans import services as plans
from amiable.plans.models import PlanVersion
from amiable.positions.models import AccountPosition
from amiable.procedures import services as procedures
from tests.factories import account, contact, debit, office, payment, person, terms, user

TODAY = date(2026, 11, 23)
RECEIVED = date(2026, 9, 15)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Account:
    """300 a month since June, one month paid in three; everything due on the 5th."""
    house = office()
    procedures.install_defaults(office=house, today=date(2026, 1, 1))
    found = account(house)
    terms(found, rent=27000, charges=3000)
    for month in range(6, 12):
        debit(found, date(2026, month, 5), 30000)
    payment(found, date(2026, 6, 20), 30000)
    payment(found, date(2026, 10, 20), 30000)
    return found


def receive(found: Account, on: date = RECEIVED, today: date = TODAY) -> bdf.Received:
    return bdf.receive(account=found, on=on, actor=None, today=today)


def signed(found: Account, on: date) -> PlanVersion:
    """A plan of three mensualités over all that was owed that day, signed on paper."""
    clerk = user(found.office, User.Role.SERVICE_HEAD, name=f"plans-{on}")
    version = plans.draw_up(
        accounts=[found],
        asked=Asked(plans.statement_of([found], on).total_cents, date(2026, 12, 10), months=3),
        statement_on=on,
        capacity_cents=None,
        actor=clerk,
        today=on,
    )
    version = plans.submit(version=version, actor=clerk, today=on)
    return plans.take_over(version=version, signed_on=on, actor=clerk, today=on)


def unpaid(found: Account, on: date = TODAY) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(month, cents) of what is unpaid in each part."""
    found.refresh_from_db()
    split = split_of(found, on)
    a, b = ([(i.due_on.month, i.rest_cents) for i in part.items] for part in (split.a, split.b))
    return a, b


class TestRecevabilite:
    def test_a_late_entry_allocates_everything_anew(self, tenant):
        assert unpaid(tenant) == ([], [(8, 30000), (9, 30000), (10, 30000), (11, 30000)])
        receive(tenant)
        # The payment of October, which had paid July, pays October: nothing reaches the frozen part.
        assert unpaid(tenant) == ([(7, 30000), (8, 30000), (9, 30000)], [(11, 30000)])
        position = AccountPosition.objects.get(account=tenant)
        assert (position.frozen_cents, position.actionable_cents) == (90000, 30000)

    def test_it_suspends_two_years_and_says_so_once(self, tenant):
        first = receive(tenant)
        assert (first.hold.starts_on, first.hold.ends_on) == (RECEIVED, date(2028, 9, 15))
        again = receive(tenant)
        assert (first.is_new, again.is_new) == (True, False)
        assert Hold.objects.count() == 1
        assert DiaryEntry.objects.filter(kind=DiaryEntry.Kind.DOSSIER).count() == 1

    def test_another_date_is_refused_and_nothing_changes(self, tenant):
        receive(tenant)
        with pytest.raises(DomainError, match=r"15/09/2026 est déjà notée"):
            receive(tenant, on=date(2026, 10, 1))
        assert Hold.objects.count() == 1

    @pytest.mark.parametrize("on", [date(2026, 11, 24), date(2027, 5, 1)])
    def test_a_future_date_is_refused(self, tenant, on):
        with pytest.raises(DomainError, match="avenir"):
            receive(tenant, on=on)

    def test_promises_of_before_end_those_of_after_stand(self, tenant):
        before = make_promise(
            account=tenant, amount_cents=90000, due_on=date(2026, 12, 1), made_on=date(2026, 9, 10),
            actor=None, today=TODAY,
        )  # fmt: skip
        after = make_promise(
            account=tenant, amount_cents=30000, due_on=date(2026, 12, 1), made_on=date(2026, 11, 10),
            actor=None, today=TODAY,
        )  # fmt: skip
        assert receive(tenant).repaired.promises == (before.pk,)
        before.refresh_from_db()
        after.refresh_from_db()
        assert (before.status, after.status) == ("cancelled", "pending")

    def test_a_plan_on_the_old_debt_is_stopped_with_its_reason_and_what_was_acknowledged_stays(self, tenant):
        """SUR-02: not one instalment of part A may be asked any more."""
        version = signed(tenant, date(2026, 9, 10))
        plan_hold = Hold.objects.get(account=tenant)
        assert receive(tenant).repaired.plans == (version.pk,)
        version.refresh_from_db()
        plan_hold.refresh_from_db()
        assert (version.state, version.ended_on, plan_hold.lifted_on) == ("cancelled", TODAY, TODAY)
        assert "surendettement du 15/09/2026" in version.reason.text
        kinds = DiaryEntry.objects.filter(account=tenant).values_list("kind", "data__event")
        assert ("plan", "stopped") in kinds and not any(kind == "correction" for kind, _ in kinds)
        assert Hold.objects.get(account=tenant, lifted_on=None).kind == "surendettement"

    def test_a_plan_on_what_became_due_since_goes_on(self, tenant):
        version = signed(tenant, date(2026, 11, 10))
        assert receive(tenant).repaired.plans == ()
        version.refresh_from_db()
        assert version.state == "active"

    def test_letters_that_should_not_have_left_are_listed_with_their_proof(self, tenant):
        for day, reference in (
            (date(2026, 9, 14), "r1"),
            (date(2026, 9, 15), "r2"),
            (date(2026, 10, 9), "r3"),
        ):
            DiaryEntry.objects.create(
                office=tenant.office, account=tenant, person=tenant.person, kind=DiaryEntry.Kind.LRAR,
                outcome="sent", on=day, data={"provider": "laposte", "reference": reference},
            )  # fmt: skip
        found = receive(tenant)
        # One of the very day could not know.
        assert [(letter.on, letter.proof) for letter in found.letters] == [(date(2026, 10, 9), "laposte r3")]
        assert Task.objects.filter(code="bdf_letters", account=tenant).count() == 1

    def test_messages_not_gone_yet_are_withdrawn(self, tenant):
        item = OutboxItem.objects.create(
            office=tenant.office, idempotency_key="x", channel="email", person=tenant.person, account=tenant,
            origin="single", subject="Rappel", body="…",
        )  # fmt: skip
        assert receive(tenant).repaired.withdrawn == 1
        item.refresh_from_db()
        assert (item.status, "surendettement" in item.error_fr) == ("cancelled", True)

    def test_fees_charged_since_are_told_for_they_may_not_be(self, tenant):
        debit(tenant, date(2026, 9, 10), 1500, kind=K.FRAIS)
        debit(tenant, date(2026, 10, 8), 1500, kind=K.FRAIS)
        assert [fee.document_on for fee in receive(tenant).fees] == [date(2026, 10, 8)]

    def test_aid_is_asked_back_only_where_there_was_some(self, tenant):
        """SUR-13: its rights are restored at the recevabilité, and paid to the landlord."""
        receive(tenant)
        assert not Task.objects.filter(code="bdf_aid").exists()
        helped = account(tenant.office, "AIDED")
        terms(helped, aid=5000, third_party=True)
        debit(helped, date(2026, 6, 5), 30000)
        receive(helped)
        assert "SUR-13" in Task.objects.get(code="bdf_aid").text

    def test_set_aside_by_the_judge_it_never_was(self, tenant):
        before = unpaid(tenant)
        receive(tenant)
        bdf.refuse_dossier(account=tenant, actor=None, today=TODAY)
        assert unpaid(tenant) == before

    def test_when_the_two_years_are_over_what_was_paid_meanwhile_stays_where_it_went(self, tenant):
        receive(tenant)
        hold = Hold.objects.get()
        later = date(2028, 9, 16)
        holds.expire_holds(office=tenant.office, as_of=later)
        tenant.refresh_from_db()
        assert (tenant.split_on, tenant.split_ends_on) == (RECEIVED, hold.ends_on)
        payment(tenant, date(2028, 9, 20), 30000)
        a, b = unpaid(tenant, date(2028, 9, 20))
        assert (a, b) == ([(8, 30000), (9, 30000)], [(11, 30000)])


class TestRetablissementPersonnel:
    DECIDED = date(2026, 11, 10)

    def erase(self, tenant: Account, today: date = TODAY) -> bdf.Erased:
        decision = bdf.Decision(self.DECIDED, is_final=True)
        return bdf.erase(account=tenant, decision=decision, actor=None, today=today)

    def test_it_erases_both_parts_up_to_the_decision_and_nothing_after(self, tenant):
        receive(tenant)
        debit(tenant, date(2026, 11, 12), 30000)
        told = bdf.preview(tenant, self.DECIDED, TODAY)
        assert [(line.part, line.item.due_on.month, line.erased_cents) for line in told.lines] == [
            ("A", 7, 30000), ("A", 8, 30000), ("A", 9, 30000), ("B", 11, 30000),
        ]  # fmt: skip
        assert [item.due_on for item in told.kept] == [date(2026, 11, 12)]
        assert Entry.objects.filter(kind=K.EFFACEMENT).count() == 0
        assert self.erase(tenant).erased_cents == 120000
        assert unpaid(tenant) == ([], [(11, 30000)])
        position = AccountPosition.objects.get(account=tenant)
        assert (position.balance_cents, position.frozen_cents, position.overdue_cents) == (30000, 0, 30000)

    def test_twice_changes_nothing(self, tenant):
        receive(tenant)
        self.erase(tenant)
        rows = list(Entry.objects.order_by("pk").values())
        assert not self.erase(tenant).changes
        assert list(Entry.objects.order_by("pk").values()) == rows

    def test_a_payment_received_after_the_decision_goes_to_what_came_due_after(self, tenant):
        receive(tenant)
        payment(tenant, date(2026, 11, 15), 30000)
        debit(tenant, date(2026, 11, 20), 30000)
        self.erase(tenant)
        assert unpaid(tenant) == ([], [])

    def test_a_rejected_payment_of_before_comes_back_and_is_erased_too(self, tenant):
        receive(tenant)
        self.erase(tenant)
        paid = Entry.objects.get(document_on=date(2026, 6, 20))
        debit(tenant, date(2026, 11, 22), 30000, kind=K.REJET, reverses=paid, due_on=None, period=None)
        assert unpaid(tenant) == ([(6, 30000)], [])
        assert self.erase(tenant).erased_cents == 30000
        assert unpaid(tenant) == ([], [])

    def test_a_payment_of_before_entered_late_is_not_lost(self, tenant):
        receive(tenant)
        self.erase(tenant)
        payment(tenant, date(2026, 9, 1), 20000)
        assert split_of(tenant, TODAY).surplus_cents == 20000
        found = self.erase(tenant)
        assert (found.erased_cents, sum(cents for _, cents in found.taken_back)) == (0, 20000)
        split = split_of(tenant, TODAY)
        assert (split.surplus_cents, split.unused_cents, split.balance_cents) == (0, 0, 0)

    def test_stopped_half_way_it_has_done_nothing_and_a_second_run_ends_it(self, tenant, monkeypatch):
        receive(tenant)
        with monkeypatch.context() as patch:
            patch.setattr("amiable.overindebtedness.erasing.close", lambda *a, **k: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                self.erase(tenant)
        assert not Entry.objects.filter(kind=K.EFFACEMENT).exists()
        assert tenant.holds.get().lifted_on is None
        assert self.erase(tenant).erased_cents == 120000

    def test_it_can_come_without_any_recevabilite_known(self, tenant):
        assert self.erase(tenant).erased_cents == 120000
        assert unpaid(tenant) == ([], [])

    #: Told on 15 October: the thirtieth day is Saturday 14 November, so that the delay runs to Monday 16.
    @pytest.mark.parametrize(("today", "erases"), [(15, False), (16, False), (17, True)])
    def test_nothing_is_erased_while_the_decision_may_be_contested(self, tenant, today, erases):
        receive(tenant)
        decision = bdf.Decision(date(2026, 10, 6), notified_on=date(2026, 10, 15))

        def carry_out() -> bdf.Erased:
            return bdf.erase(account=tenant, decision=decision, actor=None, today=date(2026, 11, today))

        if erases:
            assert carry_out().erased_cents == 120000
            return
        with pytest.raises(DomainError, match=r"jusqu’au 16/11/2026 \(SUR-08\)"):
            carry_out()
        assert not Entry.objects.filter(kind=K.EFFACEMENT).exists()
        assert tenant.holds.get().lifted_on is None

    def test_without_the_day_of_the_notification_it_counts_from_the_decision_at_the_earliest(self, tenant):
        decision = bdf.Decision(date(2026, 10, 26))
        with pytest.raises(DomainError, match="jusqu’au 25/11/2026"):
            bdf.erase(account=tenant, decision=decision, actor=None, today=date(2026, 11, 25))
        done = bdf.erase(account=tenant, decision=decision, actor=None, today=date(2026, 11, 26))
        assert done.erased_cents == 90000

    @pytest.mark.parametrize("role", ["co_holder", "roommate", "spouse"])
    def test_who_did_not_file_still_owes(self, tenant, role):
        """C. conso. L741-2: the rétablissement is that of its debtor; solidarity does not end with it."""
        other = person(tenant.office, "Moreau", "Luc")
        AccountParty.objects.create(account=tenant, person=other, role=role)
        decision = bdf.Decision(self.DECIDED, is_final=True)
        with pytest.raises(DomainError, match="Moreau|MOREAU"):
            bdf.erase(account=tenant, decision=decision, actor=None, today=TODAY)
        assert not Entry.objects.filter(kind=K.EFFACEMENT).exists()
        together = bdf.Decision(self.DECIDED, is_final=True, covers_all=True)
        assert bdf.erase(account=tenant, decision=together, actor=None, today=TODAY).erased_cents == 120000

    def test_a_guarantor_alone_withholds_no_erasure_and_stays_bound(self, tenant):
        AccountParty.objects.create(account=tenant, person=person(tenant.office, "Caution"), role="guarantor")
        assert [one.last_name for one in self.erase(tenant).guarantors] == ["Caution"]

    def test_a_fine_is_never_erased(self):
        """C. conso. L711-4: nothing of a criminal conviction's fine is put off or erased."""
        desk = office("tresorerie", kind="local_accountant")
        fined = account(desk, "AMENDE", nature="amende")
        debit(fined, date(2026, 6, 5), 13500)
        for decide in (
            lambda: bdf.erase(
                account=fined, decision=bdf.Decision(self.DECIDED, is_final=True), actor=None, today=TODAY
            ),
            lambda: bdf.erase_part(account=fined, on=self.DECIDED, cents=100, actor=None, today=TODAY),
            lambda: bdf.reschedule(
                account=fined, on=self.DECIDED, first_due_on=TODAY, monthly_cents=100, count=2, actor=None,
                today=TODAY,
            ),
        ):  # fmt: skip
            with pytest.raises(DomainError, match="L711-4"):
                decide()
        assert Entry.objects.filter(account=fined).count() == 1

    def test_annulled_by_the_judge_what_was_erased_is_due_again_and_frozen_again(self, tenant):
        receive(tenant)
        before = unpaid(tenant)
        self.erase(tenant)
        back = bdf.annul(account=tenant, on=self.DECIDED, actor=None, today=TODAY)
        assert (back, unpaid(tenant)) == (120000, before)
        position = AccountPosition.objects.get(account=tenant)
        assert (position.frozen_cents, position.actionable_cents) == (90000, 30000)
        tenant.refresh_from_db()
        assert (tenant.split_on, tenant.split_ends_on) == (RECEIVED, None)
        assert tenant.holds.get(lifted_on=None).ends_on == date(2028, 9, 15)

    def test_annulled_twice_gives_back_once_and_another_decision_may_erase_again(self, tenant):
        receive(tenant)
        self.erase(tenant)
        bdf.annul(account=tenant, on=self.DECIDED, actor=None, today=TODAY)
        with pytest.raises(DomainError, match="Rien n’a été effacé"):
            bdf.annul(account=tenant, on=self.DECIDED, actor=None, today=TODAY)
        assert self.erase(tenant).erased_cents == 120000
        assert unpaid(tenant) == ([], [])

    def test_guarantors_are_told_apart(self, tenant):
        mother = person(tenant.office, "Caution", "Anne")
        company = person(tenant.office, "SARL", "Garantie", is_company=True)
        for one in (mother, company):
            AccountParty.objects.create(account=tenant, person=one, role="guarantor")
        assert bdf.preview(tenant, self.DECIDED, TODAY).guarantors == (mother,)

    def test_the_freeze_is_over_and_the_chase_of_what_comes_is_an_ordinary_one(self, tenant):
        receive(tenant)
        self.erase(tenant)
        tenant.refresh_from_db()
        assert (tenant.split_on, tenant.split_ends_on) == (RECEIVED, self.DECIDED)
        assert not tenant.holds.filter(lifted_on=None).exists()


class TestMeasures:
    DECIDED = date(2026, 11, 10)

    def reschedule(self, tenant: Account, cents: int = 10000, count: int = 12) -> list[Entry]:
        return bdf.reschedule(
            account=tenant, on=self.DECIDED, first_due_on=date(2026, 11, 20), monthly_cents=cents,
            count=count, actor=None, today=TODAY,
        )  # fmt: skip

    def test_a_partial_erasure_takes_the_oldest_of_part_a_only(self, tenant):
        receive(tenant)
        for _ in range(2):
            bdf.erase_part(account=tenant, on=self.DECIDED, cents=45000, actor=None, today=TODAY)
            assert unpaid(tenant) == ([(8, 15000), (9, 30000)], [(11, 30000)])

    def test_more_than_part_a_is_refused(self, tenant):
        receive(tenant)
        with pytest.raises(DomainError, match="dépasse la dette gelée"):
            bdf.erase_part(account=tenant, on=self.DECIDED, cents=90001, actor=None, today=TODAY)

    def test_a_schedule_puts_part_a_off_without_changing_the_balance(self, tenant):
        receive(tenant)
        before = split_of(tenant, TODAY).balance_cents
        assert len(self.reschedule(tenant)) == 9
        assert len(self.reschedule(tenant)) == 9
        split = split_of(Account.objects.get(pk=tenant.pk), TODAY)
        assert (split.balance_cents, split.a.total_cents) == (before, 90000)
        assert [item.due_on for item in bdf.unpaid_instalments(tenant, TODAY).items] == [date(2026, 11, 20)]
        # Dunned with nothing else: what is asked for is what came due since the recevabilité.
        assert AccountPosition.objects.get(account=tenant).actionable_cents == 30000

    def test_an_instalment_is_paid_after_the_rent_due_before_it(self, tenant):
        receive(tenant)
        self.reschedule(tenant)
        payment(tenant, date(2026, 11, 21), 34000)
        assert unpaid(tenant)[1] == []
        assert bdf.unpaid_instalments(tenant, TODAY).total_cents == 6000

    def test_the_lapse_brings_back_what_is_unpaid_and_only_that(self, tenant):
        receive(tenant)
        self.reschedule(tenant)
        payment(tenant, date(2026, 11, 21), 40000)
        assert bdf.lapse(account=tenant, on=TODAY, actor=None, today=TODAY) == 80000
        a, b = unpaid(tenant)
        assert (sum(cents for _, cents in a), b) == (80000, [])
        assert AccountPosition.objects.get(account=tenant).frozen_cents == 80000
        payment(tenant, date(2026, 11, 25), 5000)
        assert sum(cents for _, cents in unpaid(tenant, date(2026, 11, 25))[0]) == 75000

    @pytest.mark.parametrize(("months", "allowed"), [(24, True), (25, False)])
    def test_a_moratorium_lasts_two_years_at_most(self, tenant, months, allowed):
        receive(tenant)

        def decide():
            return bdf.moratorium(account=tenant, on=self.DECIDED, months=months, actor=None, today=TODAY)

        if not allowed:
            with pytest.raises(DomainError, match="SUR-10"):
                decide()
            return
        assert decide().ends_on == date(2028, 11, 10)

    @pytest.mark.parametrize(("count", "allowed"), [(84, True), (85, False)])
    def test_a_schedule_lasts_seven_years_at_most(self, tenant, count, allowed):
        receive(tenant)
        if allowed:
            assert self.reschedule(tenant, 1000, count)
            return
        with pytest.raises(DomainError, match="SUR-10"):
            self.reschedule(tenant, 1000, count)


def test_the_letter_that_takes_the_others_back_names_them(tenant):
    tenant.office.address, tenant.office.signatory = "1 place du Bailleur\n69001 Lyon", "N. Garnier"
    tenant.office.phone = "01 99 00 00 00"
    tenant.office.save()
    contact(tenant.person, "postal", "12 rue des Lilas\n69003 Lyon")
    DiaryEntry.objects.create(
        office=tenant.office, account=tenant, person=tenant.person, kind=DiaryEntry.Kind.SMS, outcome="sent",
        on=date(2026, 10, 9),
    )  # fmt: skip
    receive(tenant)
    tenant.refresh_from_db()
    officer = user(tenant.office, "officer")
    issued = bdf.write_apology(account=tenant, actor=officer, now=NOW, channel="")
    assert issued.document is not None and issued.document.code == "bdf_rectification"
