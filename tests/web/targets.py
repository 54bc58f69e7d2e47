"""What each area's actions act on, in one office: a target for every Action, found by area and code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from amiable.accounts.models import Account, AccountParty
from amiable.appointments import agenda as agendas
from amiable.appointments import services as appointments
from amiable.appointments.models import Absence, Hours
from amiable.bank.models import BankTransaction
from amiable.books.projecting import project
from amiable.cases import services as cases
from amiable.cases.kinds import kind_of
from amiable.core import clock
from amiable.core.models import LawOverride, SavedFilter, SensitiveChange
from amiable.correspondence import templates
from amiable.correspondence.models import OutboxItem
from amiable.diary import services as diary
from amiable.diary.models import Callback, Dispute, Promise
from amiable.domain import law
from amiable.domain.cases.transfer import gate
from amiable.domain.creditors import kind
from amiable.guarantees.models import Guarantee
from amiable.intake.models import Import, ToldRow
from amiable.outreach import services as outreach
from amiable.outreach.models import Batch, BatchLine
from amiable.parties.models import Death, LegalProtection, MergeProposal, PersonFlag
from amiable.plans import services as plans
from amiable.positions import services as positions
from amiable.procedures import instructions
from amiable.procedures import services as procedures
from amiable.procedures.in_force import policy_of
from amiable.procedures.models import ProcedureVersion
from amiable.transfer.evidence import gather
from amiable.transfer.models import Transfer
from amiable.visits import services as visits
from amiable.visits.models import Round
from amiable.web.account.actions import Of
from amiable.web.account.reaching import Message
from amiable.web.dossiers.actions import OfAnswer, OfPiece, Opening
from amiable.web.kit.action import Action
from amiable.web.law.actions import OfRule
from amiable.web.letters.actions import Text
from amiable.web.plans.actions import Drawing, Signing
from amiable.web.procedures.forms import OfSetting
from amiable.web.settings.actions import Added, Card
from amiable.web.situations.actions import Guide
from amiable.web.situations.answers import About
from amiable.web.transfer.actions import Means
from tests import factories
from tests.factories.rows import make
from tests.web.conftest import TODAY, House


@dataclass
class World:
    """A tenant two rents late in an office that is set up, and what hangs on them, made when asked for."""

    house: House

    def __post_init__(self) -> None:
        office = self.office = self.house.office
        office.address, office.phone = "1 place du Bailleur\n69001 Lyon", "01 99 00 12 34"
        office.email, office.signatory = "contact@exemple.fr", "N. Garnier"
        office.payment_means = "carte bancaire en ligne"
        office.save()
        procedures.install_defaults(office=office, today=date(2026, 1, 1))
        self.officer = self.house["officer"]
        account = factories.account(office, "C1", agency=self.house.north, officer=self.officer)
        factories.terms(account, aid=5_000, third_party=True)
        for month in (10, 11):
            factories.debit(account, date(2026, month, 1), 30_000)
        factories.contact(account.person)
        for weekday in range(5):
            Hours.objects.create(
                officer=self.officer, agency=self.house.north, weekday=weekday, starts=time(9), ends=time(12)
            )
        positions.refresh(office=office, as_of=TODAY)
        self.account = Account.objects.select_related("office", "person", "agency", "officer").get(
            pk=account.pk
        )
        self.by = {"actor": self.officer, "today": TODAY}

    @cached_property
    def dossier(self) -> Any:
        cases.save_partner(
            office=self.office, kind="ccapex", code="421", name="CCAPEX", address="1 rue\n42000 V", actor=None
        )
        return cases.open_dossier(account=self.account, kind="ccapex", **self.by)

    @cached_property
    def plan(self) -> Any:
        """A version ready to be signed."""
        drawing = Drawing(self.account, (self.account,))
        from amiable.web.plans.forms import SimulatorForm
        from tests.web.filling import filled

        form = SimulatorForm(filled(SimulatorForm, drawing, self.officer), target=drawing, user=self.officer,
                             today=TODAY)  # fmt: skip
        assert form.is_valid(), form.errors
        version = plans.draw_up(
            accounts=[self.account],
            asked=form.asked(0, 55_000),
            statement_on=TODAY,
            capacity_cents=None,
            **self.by,
        )
        plans.submit(version=version, actor=self.house["service_head"], today=TODAY)
        version.refresh_from_db()
        if version.state == "to_approve":
            plans.approve(version=version, actor=self.house["service_head"], today=TODAY)
        plans.ready_to_sign(version=version, actor=self.officer, now=clock.now())
        version.refresh_from_db()
        return version

    def plan_in(self, action: Action[Any]) -> Any:
        """The plan in a stage the action starts from."""
        for state in ("to_sign", "draft", "to_approve", "approved", "active", "completed"):
            self.plan.state = state
            if action.when(self.plan):
                type(self.plan).objects.filter(pk=self.plan.pk).update(state=state)
                break
        return self.plan

    @cached_property
    def hold(self) -> Any:
        return diary.start_hold(
            account=self.account, kind="pause", reason="Attend", ends_on=TODAY + timedelta(days=9), **self.by
        )

    @cached_property
    def dispute(self) -> Any:
        return self.row(Dispute, hold=self.hold)

    @cached_property
    def assessment(self) -> Any:
        from amiable.household.models import Assessment

        return self.row(Assessment, person=self.account.person, results={})

    @cached_property
    def appointment(self) -> Any:
        offer = agendas.offers(self.account, clock.now())[0]
        return appointments.book(
            account=self.account,
            officer=offer.officer,
            starts_at=offer.at,
            actor=self.officer,
            now=clock.now(),
        )

    @cached_property
    def transfer(self) -> Any:
        return self.row(Transfer, state="proposed", proposed_on=TODAY)

    @cached_property
    def absence(self) -> Any:
        return make(Absence, officer=self.officer, from_on=TODAY, to_on=TODAY)

    @cached_property
    def visit(self) -> Any:
        return visits.accept(account=self.account, minutes=20, **self.by)

    @cached_property
    def draft(self) -> ProcedureVersion:
        return procedures.open_draft(office=self.office, code="standard", actor=self.house["service_head"])

    @cached_property
    def instruction(self) -> Any:
        return instructions.give(
            office=self.office, step_code="", text="Écrire avant d’appeler", starts_on=TODAY, ends_on=None,
            actor=self.house["service_head"],
        )  # fmt: skip

    @cached_property
    def line(self) -> Any:
        batch = make(Batch, office=self.office, status="proposed", on=TODAY)
        return make(
            BatchLine, batch=batch, account=self.account, person=self.account.person, status="proposed"
        )

    def row(self, model: Any, **given: Any) -> Any:
        """A row of the office and of the account, where the model has them."""
        known = {"office": self.office, "account": self.account}
        names = {one.name for one in model._meta.get_fields()}
        return make(model, **{k: v for k, v in known.items() if k in names and k not in given}, **given)

    def extra(self, area: str, code: str) -> dict[str, Any]:
        """What the blank form of an action cannot guess."""
        if area == "transfer" and code == "waive":
            return {"detail": "Déjà tenté en 2025"}
        if area == "appointments" and code in ("book", "move"):
            offer = agendas.offers(self.account, clock.now())[0]
            return {"slot": f"{offer.officer.pk}|{offer.at.isoformat()}"}
        return {}

    def about(self, guide: Guide) -> About:
        person = self.account.person
        rows: dict[Any, Callable[[], Any]] = {
            None: lambda: person,
            AccountParty: lambda: self.row(AccountParty, person=factories.person(self.office), role="spouse"),
            LegalProtection: lambda: make(LegalProtection, person=person, ended_on=None),
            Death: lambda: make(Death, person=person),
            PersonFlag: lambda: make(PersonFlag, person=person, kind="fragile"),
            Dispute: lambda: self.dispute,
            Guarantee: lambda: self.row(Guarantee),
        }
        return About(self.account, rows[guide.model]())

    def of(self, area: str, action: Action[Any]) -> Any:
        """The target of an action."""
        return getattr(self, f"_{area}")(action)

    def _account(self, action: Action[Any]) -> Any:
        account, code = self.account, action.code
        rows: dict[str, Callable[[], Any]] = {
            "write": lambda: Message(
                account, "post", "relance_1", outreach.draft_text(account, "relance_1", "post", clock.now()),
                None, None,
            ),
            "correct": lambda: Of(account, diary.log_note(account=account, text="Vue ce matin", **self.by)),
            "lift": lambda: Of(account, self.hold),
            "cancel_promise": lambda: Of(
                account, self.row(Promise, status="pending", due_on=TODAY)
            ),
            "cancel_callback": lambda: self.row(Callback),
            "acknowledge": lambda: self.instruction,
        }  # fmt: skip
        for name in ("replace_contact", "report_contact", "contact_works"):
            rows[name] = lambda: Of(account, account.person.contact_points.get())
        return rows[code]() if code in rows else account

    def _situations(self, action: Any) -> Any:
        return self.about(action)

    def _dossiers(self, action: Action[Any]) -> Any:
        kind_ = kind_of("ccapex")
        rows: dict[str, Callable[[], Any]] = {
            "start": lambda: Opening(self.account, kind_of("fsl")),
            "bring": lambda: OfPiece(self.dossier, kind_.pieces[0]),
            "waive": lambda: OfPiece(self.dossier, kind_.pieces[0]),
            "answer": lambda: OfAnswer(
                self.dossier, next(one for one in kind_.events if one.by == "partner")
            ),
            "send_batch": lambda: (self.dossier,),
            "save_partner": lambda: self.office,
        }
        return rows.get(action.code, lambda: self.dossier)()

    def _books(self, action: Action[Any]) -> Any:
        project()
        return self.office

    def _limits(self, action: Action[Any]) -> Any:
        return "mes-limites"

    def _plans(self, action: Action[Any]) -> Any:
        if action.code == "draw_up":
            return Drawing(self.account, (self.account,))
        if action.code in ("redraw", "revise"):
            return Drawing(self.account, (self.account,), self.plan)
        return Signing(self.plan, "127.0.0.1") if action.code == "sign" else self.plan_in(action)

    def _household(self, action: Action[Any]) -> Any:
        return self.account if action.code in ("interview", "restart") else self.assessment

    def _transfer(self, action: Action[Any]) -> Any:
        if action.code == "propose":
            return self.account
        if action.code == "waive":
            return Means(self.account, gate(gather(self.account, TODAY).tried)[0])
        return self.transfer

    def _appointments(self, action: Action[Any]) -> Any:
        rows: dict[str, Callable[[], Any]] = {
            "book": lambda: self.account,
            "hours": lambda: self.officer,
            "declare": lambda: self.officer,
            "replan": lambda: self.absence,
            "withdraw": lambda: self.absence,
            "link": lambda: "agenda",
        }
        return rows.get(action.code, lambda: self.appointment)()

    def _visits(self, action: Action[Any]) -> Any:
        rows: dict[str, Callable[[], Any]] = {
            "decide": lambda: self.account,
            "refuse": lambda: self.account,
            "plan_round": lambda: self.officer,
            "drop_round": lambda: self.row(Round, agency=self.house.north, agent=self.officer, on=TODAY),
            "places": lambda: self.office,
        }
        return rows.get(action.code, lambda: self.visit)()

    def _surendettement(self, action: Action[Any]) -> Any:
        return self.account

    def _tasks(self, action: Action[Any]) -> Any:
        return diary.ask_colleague(
            account=self.account, text="Encore là ?", assignee=self.house["colleague"], **self.by
        )

    def _matching(self, action: Action[Any]) -> Any:
        if action.code.startswith("row_"):
            return self.row(ToldRow)
        return self.row(BankTransaction, status="to_match")

    def _outreach(self, action: Action[Any]) -> Any:
        if action.code in ("returned", "track", "received", "doubt"):
            return self.row(OutboxItem, person=self.account.person, channel="lrar")
        if action.code == "prepare":
            return self.office
        return self.line if action.code == "restore" else self.line.batch

    def _letters(self, action: Action[Any]) -> Any:
        current = templates.current(self.office, "relance_1")
        return Text(self.office, current, current)

    def _settings(self, action: Action[Any]) -> Any:
        rows: dict[str, Callable[[], Any]] = {
            "office": lambda: self.office,
            "agency": lambda: Card(self.office, self.house.north),
            "add_user": lambda: Added(self.office),
            "second_look": lambda: self.row(
                SensitiveChange, what="role", status="waiting", value="officer", user=self.officer
            ),
            "merge": lambda: self.row(
                MergeProposal, first=self.account.person, second=factories.person(self.office)
            ),
        }
        return rows.get(action.code, lambda: self.officer)()

    def _portfolio(self, action: Action[Any]) -> Any:
        return self.officer if action.code == "save_filter" else make(SavedFilter, user=self.officer)

    def _intake(self, action: Action[Any]) -> Any:
        return (
            self.office
            if action.code == "upload"
            else self.row(Import, list_kind="movements", status="preview")
        )

    def _law(self, action: Action[Any]) -> Any:
        rule = law.rule("CAF-03")
        return (
            OfRule(self.office, rule)
            if action.code == "add"
            else self.row(LawOverride, rule_id="CAF-03", value=2)
        )

    def _procedures(self, action: Action[Any]) -> Any:
        setting = next(iter(kind(self.office.kind).policy.values()))
        rows: dict[str, Callable[[], Any]] = {
            "install": lambda: self.office,
            "assign": lambda: self.office,
            "instruct": lambda: self.office,
            "acknowledge": lambda: self.instruction,
            "end": lambda: self.instruction,
            "open": lambda: ProcedureVersion.objects.filter(status="published", code="standard").latest("pk"),
            "policy": lambda: OfSetting(self.office, setting, policy_of(self.office, TODAY)[setting.key]),
        }
        return rows.get(action.code, lambda: self.draft)()

    def _day(self, action: Action[Any]) -> Any:
        return (self.account,)
