"""Each guided state: its words, its consequences said first, its form and the service it calls."""

from __future__ import annotations

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
from amiable.web.kit.action import Action, Doer
from amiable.web.situations import answers, forms
from amiable.web.situations.answers import About


@dataclass(frozen=True)
class Guide(Action[About]):
    """A guided state. consequences: what will change, one sentence each; model: what its `pk` names."""

    consequences: tuple[str, ...] = ()
    model: type | None = None

    def of(self, account: Account, pk: int | None) -> About:
        """What the act is about, checked to belong to this account; the holder when nothing is named."""
        return About(account, self._about(account, pk))

    def _about(self, account: Account, pk: int | None) -> Any:
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


def _tie(on: About, doer: Doer, form: forms.PartyForm) -> str:
    value = form.cleaned_data
    assert form.who is not None
    party = situations.tie_person(
        **doer.on(on.account), role=value["role"], who=form.who, from_on=value["from_on"]
    )
    return f"{party} : ajouté au compte."


def _caution(on: About, doer: Doer, form: forms.GuarantorForm) -> str:
    value = form.cleaned_data
    assert form.who is not None
    names = ("from_on", "to_on", "answers_for", "basis")
    party = situations.tie_person(
        **doer.on(on.account),
        role=AccountParty.Role.GUARANTOR,
        who=form.who,
        **{name: value[name] for name in names},
    )
    return f"{party} : ajoutée au compte."


def _leave(on: About, doer: Doer, form: forms.LeaveForm) -> str:
    value = form.cleaned_data
    situations.note_departure(
        party=on.about,
        to_on=value["to_on"],
        replaced_on=value["replaced_on"],
        **doer.by,
    )
    return "Départ noté." if value["to_on"] else "Départ annulé."


def _untie(on: About, doer: Doer, form: object) -> str:
    situations.untie_person(party=on.about, **doer.by)
    return f"{on.about.person} n’est plus lié au compte."


def _protect(on: About, doer: Doer, form: forms.ProtectionForm) -> str:
    value = form.cleaned_data
    made = situations.set_protection(
        **doer.on(on.account),
        person=on.about,
        measure=value["measure"],
        guardian=form.who,
        judgment_ref=value["judgment_ref"],
        started_on=value["started_on"],
    )
    return f"{made.get_measure_display().capitalize()} notée."


def _unprotect(on: About, doer: Doer, form: object) -> str:
    situations.end_protection(**doer.on(on.account), protection=on.about)
    return "Fin de la mesure notée."


def _death(on: About, doer: Doer, form: forms.DeathForm) -> str:
    value = form.cleaned_data
    situations.record_death(
        **doer.on(on.account),
        person=on.about,
        died_on=value["died_on"],
        learned_on=value["learned_on"],
        notary=form.who,
    )
    return "Décès noté : plus rien n’est envoyé au ménage."


def _no_death(on: About, doer: Doer, form: object) -> str:
    situations.cancel_death(**doer.on(on.account), death=on.about)
    return "Décès annulé : le suivi reprend."


def _flag(on: About, doer: Doer, form: forms.FlagForm) -> str:
    value = form.cleaned_data
    flag = situations.raise_flag(
        **doer.on(on.account), person=on.about, kind=value["kind"], reason=value["reason"]
    )
    return f"Signal noté : {flag.get_kind_display()}."


def _unflag(on: About, doer: Doer, form: object) -> str:
    situations.lift_flag(**doer.on(on.account), flag=on.about)
    return "Signal levé."


def _guarantee(on: About, doer: Doer, form: forms.GuaranteeForm) -> str:
    value = form.cleaned_data
    names = ("scheme", "number", "starts_on", "ends_on", "is_student", "has_clause")
    made = contracts.record_guarantee(**doer.on(on.account), **{name: value[name] for name in names})
    return f"{made} : notée."


def _no_guarantee(on: About, doer: Doer, form: object) -> str:
    contracts.cancel_guarantee(guarantee=on.about, **doer.by)
    return f"{on.about} : retirée."


GUIDES = {
    guide.code: guide
    for guide in (
        Guide(
            "personne",
            "Ajouter une personne au compte",
            "Ajouter",
            "work_accounts",
            _tie,
            forms.PartyForm,
            consequences=(
                "Co-titulaire, conjoint (mariage, PACS), colocataire : chacun recevra ses lettres (DUN-09).",
                "Héritier ou notaire : seulement les lettres de la succession.",
                "Occupant : rien ne lui est écrit, rien ne lui est dit de la dette.",
            ),
        ),
        Guide(
            "caution",
            "Ajouter une caution",
            "Ajouter",
            "work_accounts",
            _caution,
            forms.GuarantorForm,
            consequences=(
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
            "work_accounts",
            _leave,
            forms.LeaveForm,
            consequences=(
                "Colocataire ou co-titulaire : encore tenu jusqu’à son remplacement, au plus le temps fixé "
                "par la loi après la date d’effet du congé (COLOC-01).",
                "Conjoint : tenu jusqu’à la fin du mariage ou du PACS, pas jusqu’à la séparation (DUN-09).",
                "Il n’est plus joint au logement : sans adresse à lui, ses lettres sont retenues.",
                "Ce qui était échu avant reste dû par lui.",
            ),
            model=AccountParty,
        ),
        Guide(
            "retirer",
            "Retirer une personne liée par erreur",
            "Retirer",
            "work_accounts",
            _untie,
            forms.ConfirmForm,
            consequences=(
                "Elle ne reçoit plus rien de ce compte.",
                "Ce qui lui a été envoyé reste dans le fil.",
            ),
            model=AccountParty,
        ),
        Guide(
            "protection",
            "Protection d’un majeur",
            "Enregistrer la mesure",
            "work_accounts",
            _protect,
            forms.ProtectionForm,
            consequences=(
                "Tutelle, habilitation à représenter, mandat : lettres au représentant (PROT-01).",
                "Curatelle, habilitation d’assistance : à la personne, copie à qui l’assiste (PROT-02).",
                "Sauvegarde : la personne seule (PROT-03).",
                "Mesure inconnue ou représentant inconnu : tous ses comptes attendent, rien ne part.",
            ),
        ),
        Guide(
            "fin-protection",
            "Fin d’une mesure de protection",
            "La mesure est terminée",
            "work_accounts",
            _unprotect,
            forms.ConfirmForm,
            consequences=(
                "La personne reçoit de nouveau ses lettres, seule.",
                "Le compte n’attend plus pour ce motif.",
            ),
            model=LegalProtection,
        ),
        Guide(
            "deces",
            "Décès",
            "Enregistrer le décès",
            "work_accounts",
            _death,
            forms.DeathForm,
            consequences=(
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
            "work_accounts",
            _no_death,
            forms.ConfirmForm,
            consequences=("Le gel de ses comptes est levé ; le suivi reprend.",),
            model=Death,
        ),
        Guide(
            "signal",
            "Signaler une situation",
            "Signaler",
            "work_accounts",
            _flag,
            forms.FlagForm,
            consequences=(
                "Menace ou conflit : seul un responsable appelle, aucun lot n’écrit à cette personne, un "
                "bandeau le dit sur la fiche.",
                "Ménage fragile : rien n’est retenu ; chacun le voit avant d’appeler ou de visiter.",
            ),
        ),
        Guide(
            "signal-leve",
            "Lever un signal",
            "Lever le signal",
            "work_accounts",
            _unflag,
            forms.ConfirmForm,
            consequences=(
                "Le suivi ordinaire reprend. Pour une menace ou un conflit, un responsable en décide.",
            ),
            model=PersonFlag,
        ),
        Guide(
            "piece",
            "Joindre une pièce à la contestation",
            "Joindre",
            "work_accounts",
            answers.join_exhibit,
            forms.ExhibitForm,
            consequences=("La pièce est gardée telle quelle, avec les documents du compte.",),
            model=Dispute,
        ),
        Guide(
            "trancher",
            "Trancher la contestation",
            "Enregistrer la décision",
            "work_accounts",
            answers.decide,
            forms.DecisionForm,
            consequences=(
                "Non fondée : la somme est de nouveau réclamée.",
                "Fondée, en tout ou partie : la somme reconnue reste à part jusqu’à sa correction, "
                "demandée au responsable ; le reste est de nouveau réclamé.",
                "La lettre donne les raisons et les recours.",
            ),
            model=Dispute,
        ),
        Guide(
            "corrigee",
            "Écriture de correction passée",
            "La correction est passée",
            "work_accounts",
            answers.corrected,
            forms.ConfirmForm,
            consequences=("Vérifiez-la d’abord dans les mouvements : plus rien ne sera mis à part.",),
            model=Dispute,
        ),
        Guide(
            "garantie",
            "Garantie d’Action Logement",
            "Enregistrer",
            "work_accounts",
            _guarantee,
            forms.GuaranteeForm,
            consequences=(
                "Visale : l’impayé constitué, l’appel est préparé et sa limite est suivie (AL-02).",
                "Visale dans le parc social : étudiants et alternants, clause résolutoire au bail (AL-01).",
                "Ce que le garant paiera ne sera plus jamais relancé ici (AL-05).",
            ),
        ),
        Guide(
            "garantie-retiree",
            "Garantie notée par erreur",
            "Retirer",
            "work_accounts",
            _no_guarantee,
            forms.ConfirmForm,
            consequences=("Elle n’est plus appelée ; les appels déjà partis et ce qu’elle a payé restent.",),
            model=Guarantee,
        ),
        Guide(
            "succession",
            "Écrire à la succession",
            "Envoyer",
            "work_accounts",
            answers.write_to_estate,
            forms.EstateForm,
            consequences=(
                "Le notaire reçoit le décompte ; sans notaire, chaque héritier connu (EST-01).",
                "Rien n’est demandé personnellement aux proches.",
            ),
        ),
    )
}
ACTIONS = tuple(GUIDES.values())
