"""Each guided state: its words, its consequences said first, its form and the service it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404

from amiable.accounts.models import Account, AccountParty
from amiable.diary import situations
from amiable.diary.models import Dispute
from amiable.domain.errors import DomainError
from amiable.guarantees.action_logement import contracts
from amiable.guarantees.models import Guarantee
from amiable.parties.models import Death, LegalProtection, Person, PersonFlag
from amiable.web.kit.doer import Doer
from amiable.web.kit.forms import ActForm
from amiable.web.situations import answers, forms


@dataclass(frozen=True)
class Guide:
    """code: the address; model: what its `pk` names; consequences: what will change, one sentence each."""

    code: str
    title: str
    button: str
    form: type[ActForm]
    run: Callable[[Any, Account, Any, Doer], str]
    consequences: tuple[str, ...]
    model: type | None = None

    def target(self, account: Account, pk: int | None) -> Any:
        """What the act is about, checked to belong to this account; the holder when nothing is named."""
        if self.model is None:
            return account.person if pk is None else _person_of(account, pk)
        if pk is None:
            raise DomainError("no_target", "Choisissez une personne sur la fiche.")
        if self.model is AccountParty:
            found = AccountParty.objects.select_related("person", "account__office", "account__person")
            return get_object_or_404(found, pk=pk, account=account)
        if self.model is Dispute:
            disputes = Dispute.objects.select_related("hold__account", "owner", "account__office")
            return get_object_or_404(disputes, pk=pk, account=account)
        if self.model is Guarantee:
            return get_object_or_404(
                Guarantee.objects.select_related("account__office"), pk=pk, account=account
            )
        row = get_object_or_404(self.model.objects.select_related("person"), pk=pk)  # type: ignore[attr-defined]
        _person_of(account, row.person_id)
        return row


def _person_of(account: Account, pk: int) -> Person:
    """The holder, or somebody tied to the account; 404 for anybody else."""
    if pk == account.person_id:
        return account.person
    return get_object_or_404(Person, pk=pk, roles__account=account)


def _tie(form: forms.PartyForm, account: Account, _: Any, doer: Doer) -> str:
    value = form.cleaned_data
    assert form.who is not None
    party = situations.tie_person(
        **doer.on(account), role=value["role"], who=form.who, from_on=value["from_on"]
    )
    return f"{party} : ajouté au compte."


def _caution(form: forms.GuarantorForm, account: Account, _: Any, doer: Doer) -> str:
    value = form.cleaned_data
    assert form.who is not None
    names = ("from_on", "to_on", "answers_for", "basis")
    party = situations.tie_person(
        **doer.on(account),
        role=AccountParty.Role.GUARANTOR,
        who=form.who,
        **{name: value[name] for name in names},
    )
    return f"{party} : ajoutée au compte."


def _leave(form: forms.LeaveForm, account: Account, party: AccountParty, doer: Doer) -> str:
    value = form.cleaned_data
    situations.note_departure(
        party=party,
        to_on=value["to_on"],
        replaced_on=value["replaced_on"],
        actor=doer.actor,
        today=doer.today,
        version=doer.version,
    )
    return "Départ noté." if value["to_on"] else "Départ annulé."


def _untie(form: Any, account: Account, party: AccountParty, doer: Doer) -> str:
    situations.untie_person(party=party, actor=doer.actor, today=doer.today, version=doer.version)
    return f"{party.person} n’est plus lié au compte."


def _protect(form: forms.ProtectionForm, account: Account, person: Person, doer: Doer) -> str:
    value = form.cleaned_data
    made = situations.set_protection(
        **doer.on(account),
        person=person,
        measure=value["measure"],
        guardian=form.who,
        judgment_ref=value["judgment_ref"],
        started_on=value["started_on"],
    )
    return f"{made.get_measure_display().capitalize()} notée."


def _unprotect(form: Any, account: Account, protection: LegalProtection, doer: Doer) -> str:
    situations.end_protection(**doer.on(account), protection=protection)
    return "Fin de la mesure notée."


def _death(form: forms.DeathForm, account: Account, person: Person, doer: Doer) -> str:
    value = form.cleaned_data
    situations.record_death(
        **doer.on(account),
        person=person,
        died_on=value["died_on"],
        learned_on=value["learned_on"],
        notary=form.who,
    )
    return "Décès noté : plus rien n’est envoyé au ménage."


def _no_death(form: Any, account: Account, death: Death, doer: Doer) -> str:
    situations.cancel_death(**doer.on(account), death=death)
    return "Décès annulé : le suivi reprend."


def _flag(form: forms.FlagForm, account: Account, person: Person, doer: Doer) -> str:
    value = form.cleaned_data
    flag = situations.raise_flag(
        **doer.on(account), person=person, kind=value["kind"], reason=value["reason"]
    )
    return f"Signal noté : {flag.get_kind_display()}."


def _unflag(form: Any, account: Account, flag: PersonFlag, doer: Doer) -> str:
    situations.lift_flag(**doer.on(account), flag=flag)
    return "Signal levé."


def _guarantee(form: forms.GuaranteeForm, account: Account, _: Any, doer: Doer) -> str:
    value = form.cleaned_data
    names = ("scheme", "number", "starts_on", "ends_on", "is_student", "has_clause")
    made = contracts.record_guarantee(**doer.on(account), **{name: value[name] for name in names})
    return f"{made} : notée."


def _no_guarantee(form: Any, account: Account, guarantee: Guarantee, doer: Doer) -> str:
    contracts.cancel_guarantee(guarantee=guarantee, actor=doer.actor, today=doer.today, version=doer.version)
    return f"{guarantee} : retirée."


GUIDES = {
    guide.code: guide
    for guide in (
        Guide(
            "personne",
            "Ajouter une personne au compte",
            "Ajouter",
            forms.PartyForm,
            _tie,
            (
                "Co-titulaire, conjoint (mariage, PACS), colocataire : chacun recevra ses lettres (DUN-09).",
                "Héritier ou notaire : seulement les lettres de la succession.",
                "Occupant : rien ne lui est écrit, rien ne lui est dit de la dette.",
            ),
        ),
        Guide(
            "caution",
            "Ajouter une caution",
            "Ajouter",
            forms.GuarantorForm,
            _caution,
            (
                "Un bailleur personne morale ne prend pour caution qu’un organisme habilité, sauf pour un "
                "étudiant non boursier (DUN-07).",
                "Personne physique : informée du premier incident dans le mois, et chaque année avant le "
                "31 mars (DUN-06).",
                "Tant que le motif est à vérifier, elle est informée, mais rien ne lui est demandé.",
                "Caution d’un seul colocataire : libérée avec lui (COLOC-01).",
            ),
        ),
        Guide(
            "depart",
            "Départ d’une personne liée au compte",
            "Enregistrer",
            forms.LeaveForm,
            _leave,
            (
                "Colocataire ou co-titulaire : encore tenu jusqu’à son remplacement, au plus le temps fixé "
                "par la loi après la date d’effet du congé (COLOC-01).",
                "Conjoint : tenu jusqu’à la fin du mariage ou du PACS, pas jusqu’à la séparation (DUN-09).",
                "Il n’est plus joint au logement : sans adresse à lui, ses lettres sont retenues.",
                "Ce qui était échu avant reste dû par lui.",
            ),
            AccountParty,
        ),
        Guide(
            "retirer",
            "Retirer une personne liée par erreur",
            "Retirer",
            forms.ConfirmForm,
            _untie,
            ("Elle ne reçoit plus rien de ce compte.", "Ce qui lui a été envoyé reste dans le fil."),
            AccountParty,
        ),
        Guide(
            "protection",
            "Protection d’un majeur",
            "Enregistrer la mesure",
            forms.ProtectionForm,
            _protect,
            (
                "Tutelle, habilitation : les lettres vont au représentant, à sa place (PROT-01).",
                "Curatelle, mandat : la personne reçoit la lettre, le curateur une copie (PROT-02).",
                "Sauvegarde : la personne seule (PROT-03).",
                "Mesure inconnue ou représentant inconnu : tous ses comptes attendent, rien ne part.",
            ),
        ),
        Guide(
            "fin-protection",
            "Fin d’une mesure de protection",
            "La mesure est terminée",
            forms.ConfirmForm,
            _unprotect,
            ("La personne reçoit de nouveau ses lettres, seule.", "Le compte n’attend plus pour ce motif."),
            LegalProtection,
        ),
        Guide(
            "deces",
            "Décès",
            "Enregistrer le décès",
            forms.DeathForm,
            _death,
            (
                "Plus rien n’est envoyé à personne du ménage ; tous les comptes de la personne sont gelés.",
                "La succession est saisie : le notaire, à défaut les héritiers (EST-01).",
                "Qui reprend le bail a un compte neuf : il ne doit pas ce qui était échu avant (EST-02).",
                "Décès d’un co-titulaire : le survivant reste suivi, le défunt ne reçoit plus rien.",
            ),
        ),
        Guide(
            "deces-annule",
            "Décès noté par erreur",
            "Annuler le décès",
            forms.ConfirmForm,
            _no_death,
            ("Le gel de ses comptes est levé ; le suivi reprend.",),
            Death,
        ),
        Guide(
            "signal",
            "Signaler une situation",
            "Signaler",
            forms.FlagForm,
            _flag,
            (
                "Menace ou conflit : seul un responsable appelle, aucun lot n’écrit à cette personne, un "
                "bandeau le dit sur la fiche.",
                "Ménage fragile : rien n’est retenu ; chacun le voit avant d’appeler ou de visiter.",
            ),
        ),
        Guide(
            "signal-leve",
            "Lever un signal",
            "Lever le signal",
            forms.ConfirmForm,
            _unflag,
            ("Le suivi ordinaire reprend. Pour une menace ou un conflit, un responsable en décide.",),
            PersonFlag,
        ),
        Guide(
            "piece",
            "Joindre une pièce à la contestation",
            "Joindre",
            forms.ExhibitForm,
            answers.join_exhibit,
            ("La pièce est gardée telle quelle, avec les documents du compte.",),
            Dispute,
        ),
        Guide(
            "trancher",
            "Trancher la contestation",
            "Enregistrer la décision",
            forms.DecisionForm,
            answers.decide,
            (
                "Non fondée : la somme est de nouveau réclamée.",
                "Fondée, en tout ou partie : la somme reconnue reste à part jusqu’à sa correction, "
                "demandée au responsable ; le reste est de nouveau réclamé.",
                "La lettre donne les raisons et les recours.",
            ),
            Dispute,
        ),
        Guide(
            "corrigee",
            "Écriture de correction passée",
            "La correction est passée",
            forms.ConfirmForm,
            answers.corrected,
            ("Vérifiez-la d’abord dans les mouvements : plus rien ne sera mis à part.",),
            Dispute,
        ),
        Guide(
            "garantie",
            "Garantie d’Action Logement",
            "Enregistrer",
            forms.GuaranteeForm,
            _guarantee,
            (
                "Visale : l’impayé constitué, l’appel est préparé et sa limite est suivie (AL-02).",
                "Visale dans le parc social : étudiants et alternants, clause résolutoire au bail (AL-01).",
                "Ce que le garant paiera ne sera plus jamais relancé ici (AL-05).",
            ),
        ),
        Guide(
            "garantie-retiree",
            "Garantie notée par erreur",
            "Retirer",
            forms.ConfirmForm,
            _no_guarantee,
            ("Elle n’est plus appelée ; les appels déjà partis et ce qu’elle a payé restent.",),
            Guarantee,
        ),
        Guide(
            "succession",
            "Écrire à la succession",
            "Envoyer",
            forms.EstateForm,
            answers.write_to_estate,
            (
                "Le notaire reçoit le décompte ; sans notaire, chaque héritier connu (EST-01).",
                "Rien n’est demandé personnellement aux proches.",
            ),
        ),
    )
}
