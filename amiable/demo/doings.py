"""What the officers already did for the story tenants, through the same services as the screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from amiable.accounts.models import Account, AccountParty
from amiable.core.models import Office, User
from amiable.demo.stories import REFS, constituted_on
from amiable.diary import disputes, situations
from amiable.diary import services as diary
from amiable.diary.models import Task
from amiable.diary.situations import Identity

#: Step -> how it stands in the diary.
KINDS = {
    "sms_rappel": "sms",
    "relance_1": "letter",
    "relance_2": "letter",
    "convocation": "convocation",
    "mise_en_demeure": "lrar",
    "relance": "letter",
    "rappel_1": "letter",
    "rappel_2": "letter",
}


@dataclass(frozen=True)
class Desk:
    """One account at the officer's desk, on a day counted back from today."""

    account: Account
    officer: User
    today: date

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def step(self, code: str, ago: int, note: str = "") -> None:
        """A step of the procedure, done on that day."""
        on = self.day(ago)
        if code in KINDS:
            diary.log_event(
                account=self.account, kind=KINDS[code], step=code, actor=self.officer, today=on, note=note
            )
        else:
            diary.mark_step_done(account=self.account, step=code, actor=self.officer, today=on, note=note)

    def call(self, outcome: str, ago: int, note: str = "", **more: Any) -> None:
        diary.log_call(
            account=self.account, outcome=outcome, actor=self.officer, today=self.day(ago), note=note, **more
        )

    def note(self, text: str, ago: int) -> None:
        diary.log_note(account=self.account, text=text, actor=self.officer, today=self.day(ago))

    def event(self, kind: str, ago: int, note: str = "", step: str = "") -> None:
        diary.log_event(
            account=self.account, kind=kind, actor=self.officer, today=self.day(ago), note=note, step=step
        )

    def tie(self, role: str, who: Identity, ago: int, **more: Any) -> AccountParty:
        """Somebody else tied to the account, with how to reach them."""
        return situations.tie_person(
            account=self.account, role=role, who=who, actor=self.officer, today=self.day(ago), **more
        )

    def hold(self, kind: str, reason: str, ago: int, until: date | None = None, **more: Any) -> Any:
        return diary.start_hold(
            account=self.account,
            kind=kind,
            reason=reason,
            actor=self.officer,
            today=self.day(ago),
            ends_on=until,
            **more,
        )


def landlord_acts(office: Office, today: date) -> None:
    """The diary of the twelve story tenants."""
    users = {user.username: user for user in User.objects.filter(office=office, is_active=True)}
    accounts = {
        a.ref: a
        for a in Account.objects.filter(office=office, ref__in=REFS.values()).select_related("officer")
    }
    for key, act in LANDLORD.items():
        account = accounts[REFS[key]]
        officer = account.officer or users["c.morel"]
        act(Desk(account, officer, today))
    _question(Desk(accounts[REFS["leroy"]], users["c.morel"], today), users["s.lopez"])


def _durand(desk: Desk) -> None:
    started = (desk.today - constituted_on(desk.today)).days
    desk.step("sms_rappel", started - 4)
    desk.step("relance_1", started - 9)
    desk.call("reached", started - 12, "Ressources en baisse, demande un délai", step="appel")
    desk.step("relance_2", 18)
    desk.note("Plan proposé de 60 € par mois pendant 12 mois : refusé par Mme Durand le jour même", 6)


def _martin(desk: Desk) -> None:
    desk.tie("co_holder", Identity("MARTIN", "Léa"), 400)
    desk.call("reached", 70, "Le loyer est de nouveau payé depuis la reprise d’emploi de M. Martin")


def _nguyen(desk: Desk) -> None:
    desk.note("Compte régulier depuis 31 mois, aucun incident", 300)


def _leroy(desk: Desk) -> None:
    desk.step("sms_rappel", 72, "Envoyé par courrier : pas de mobile")
    desk.step("relance_1", 66)
    desk.step("appel", 60)
    desk.step("relance_2", 58)
    desk.call("no_answer", 54)
    desk.step("convocation", 52)
    desk.call("voicemail", 42)
    desk.call("no_answer", 36)


def _haddad(desk: Desk) -> None:
    desk.note("Paie chaque mois, après sa paie : toujours vers le même jour", 150)


def _dubois(desk: Desk) -> None:
    desk.call(
        "reached", 9, "APL suspendue pour une pièce manquante, transmise à la CAF ; un rappel est attendu"
    )
    desk.step("verifier_aide", 9, "Attestation envoyée à la CAF avec Mme Dubois")


def _fontaine(desk: Desk) -> None:
    desk.call("reached", 60, "Dossier déposé à la Banque de France")


def _rossi(desk: Desk) -> None:
    desk.note("Arrivée par mutation : la dette de l’ancien logement la suit, avec son plan", 95)


def _carpentier(desk: Desk) -> None:
    desk.call("third_party", 4, "Un voisin annonce le décès de M. Carpentier")
    situations.record_death(
        account=desk.account,
        person=desk.account.person,
        died_on=desk.day(6),
        notary=Identity("AUBRY", "Claire", "14 cours de l’Étude\n42000 Valmont", phone="02 61 91 44 44"),
        actor=desk.officer,
        today=desk.day(3),
    )


def _colocation(desk: Desk) -> None:
    emma = desk.tie("roommate", Identity("VALLIN", "Emma", "31 rue du Marché\n42000 Valmont"), 118)
    situations.note_departure(party=emma, to_on=desk.day(125), actor=desk.officer, today=desk.day(118))
    mother = Identity("VALLIN", "Hélène", "9 chemin des Vignes\n42000 Valmont", phone="06 39 98 77 12")
    desk.tie("guarantor", mother, 117, answers_for=emma.person, basis="student")
    desk.step("sms_rappel", 46)
    desk.step("relance_1", 41)
    desk.call("reached", 34, "Lucas paie sa moitié, cherche un colocataire", step="appel")
    desk.step("relance_2", 5)


def _diallo(desk: Desk) -> None:
    situations.set_protection(
        account=desk.account,
        person=desk.account.person,
        measure="curatelle",
        guardian=Identity(
            "UDAF de la Loire-Haute", address="6 rue des Familles\n42000 Valmont", is_company=True
        ),
        actor=desk.officer,
        today=desk.day(200),
    )
    disputes.open_dispute(
        account=desk.account,
        motive="charges",
        reason="Conteste la régularisation de charges : relevé d’eau à vérifier",
        disputed_cents=31_000,
        actor=desk.officer,
        today=desk.day(30),
    )
    desk.step("sms_rappel", 14)


def _lemoine(desk: Desk) -> None:
    desk.step("signalement_caf", 900)
    for code, ago in (("sms_rappel", 760), ("relance_1", 750), ("relance_2", 735), ("convocation", 720)):
        desk.step(code, ago)
    desk.event("no_show", 705, "Absent au rendez-vous")
    desk.call("no_answer", 420, step="appel")
    desk.call("no_answer", 300)
    desk.step("mise_en_demeure", 120)


LANDLORD: dict[str, Callable[[Desk], None]] = {
    "durand": _durand,
    "martin": _martin,
    "nguyen": _nguyen,
    "leroy": _leroy,
    "haddad": _haddad,
    "dubois": _dubois,
    "fontaine": _fontaine,
    "rossi": _rossi,
    "carpentier": _carpentier,
    "colocation": _colocation,
    "diallo": _diallo,
    "lemoine": _lemoine,
}


def _question(desk: Desk, colleague: User) -> Task:
    return diary.ask_colleague(
        account=desk.account,
        assignee=colleague,
        text="Mme Leroy ne répond plus depuis des semaines : la connaissez-vous, pouvez-vous l’approcher ?",
        actor=desk.officer,
        today=desk.day(2),
        due_on=desk.today + timedelta(days=5),
    )


def treasury_acts(office: Office, today: date) -> None:
    """The diary of the six debtors of the trésorerie."""
    officer = User.objects.get(office=office, username="h.roche")

    def desk(last_name: str) -> Desk:
        found = Account.objects.filter(office=office, person__last_name=last_name).order_by("pk").first()
        assert found is not None, last_name
        return Desk(found, officer, today)

    desk("MORIN").note("Six titres de cantine pour la même famille : une seule relance suffit", 3)
    desk("ZIANI").note("Séjour de trois jours : la mutuelle n’a pas encore été interrogée", 5)
    desk("SARL").note("Entreprise en activité, siège inchangé au registre", 8)
    desk("VERDIER").note("Dans le mois de la réduction : montant réduit s’il paie avant l’échéance", 6)
    prevost = desk("PRÉVOST")
    prevost.hold("court", "Titre contesté devant le tribunal administratif : poursuites suspendues", 60)
