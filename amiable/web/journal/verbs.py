"""What was done, in French: one sentence per verb of the audit journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from amiable.core.models import User
from amiable.diary.models import Promise
from amiable.domain.facts import HOLD_LABELS
from amiable.domain.french import euros, plural

SENTENCES = {
    "dispute.corrected": "a noté la correction d’une contestation",
    "dispute.decided": "a tranché une contestation",
    "dispute.exhibit": "a joint une pièce à une contestation",
    "dispute.opened": "a noté une contestation",
    "situation.death": "a noté un décès",
    "situation.death_cancelled": "a annulé un décès noté par erreur",
    "situation.flag_lifted": "a levé un signal",
    "situation.flag_raised": "a signalé une situation",
    "situation.party_added": "a lié une personne à un compte",
    "situation.party_left": "a noté le départ d’une personne liée à un compte",
    "situation.party_removed": "a retiré une personne liée par erreur",
    "situation.party_stays": "a annulé un départ",
    "situation.protected": "a noté une mesure de protection",
    "situation.protection_ended": "a noté la fin d’une mesure de protection",
    "account.entrusted": "a confié le compte à un collègue",
    "account.terms_changed": "a changé loyer, charges ou aide",
    "account.updated": "a mis à jour le compte",
    "bank.matched": "a rapproché un encaissement",
    "bank.put_back": "a remis un encaissement à rapprocher",
    "bank.set_aside": "a mis un encaissement de côté",
    "batch.approved": "a approuvé un lot de relances",
    "batch.line_removed": "a retiré une ligne d’un lot",
    "batch.line_restored": "a remis une ligne dans un lot",
    "batch.sent_now": "a fait partir un lot sans attendre",
    "batch.undone": "a annulé l’approbation d’un lot",
    "diary.call": "a noté un appel",
    "diary.callback_cancelled": "a annulé un rappel promis",
    "diary.contact_changed": "a changé un moyen de contact",
    "diary.contact_problem": "a signalé un moyen de contact qui ne marche pas",
    "diary.corrected": "a corrigé une ligne du fil",
    "diary.event": "a noté ce qui s’est passé",
    "diary.interruption": "a noté un acte qui interrompt la prescription",
    "diary.message": "a écrit à la personne",
    "diary.note": "a écrit une note",
    "diary.step_done": "a fait une étape",
    "diary.step_skipped": "a écarté une étape",
    "hold.expired": "a vu finir une mise en attente",
    "hold.lifted": "a levé une mise en attente",
    "hold.started": "a mis le compte en attente",
    "household.assessed": "a noté la situation du ménage",
    "household.erased": "a effacé une situation du ménage",
    "household.oriented": "a décidé l’orientation du ménage",
    "import.committed": "a importé un fichier",
    "instruction.acknowledged": "a lu une consigne",
    "instruction.ended": "a mis fin à une consigne",
    "instruction.given": "a donné une consigne",
    "law.override_added": "a donné la valeur de l’office pour une règle à vérifier",
    "law.override_ended": "a mis fin à une valeur de l’office",
    "office.created": "a créé l’office",
    "office.changed": "a changé l’en-tête ou les moyens de paiement de l’office",
    "agency.added": "a ajouté une agence",
    "agency.changed": "a changé une agence",
    "outbox.returned": "a noté un courrier revenu",
    "outbox.tracking": "a noté un numéro de recommandé",
    "person.merge_refused": "a refusé de réunir deux personnes",
    "person.merged": "a réuni deux personnes",
    "person.preferences": "a changé ce que la personne accepte de recevoir",
    "plan.approved": "a approuvé un plan dans sa délégation",
    "plan.approved_by_head": "a approuvé un plan au-delà de la délégation",
    "plan.cancelled": "a annulé un plan",
    "plan.completed": "a clos un plan soldé",
    "plan.denounced": "a dénoncé un plan",
    "plan.drawn_up": "a établi un plan d’apurement",
    "plan.exported": "a exporté les plans",
    "plan.redrawn": "a modifié un brouillon de plan",
    "plan.replaced": "a remplacé une version de plan",
    "plan.revision_drawn_up": "a établi la révision d’un plan",
    "plan.sent_back": "a renvoyé un plan",
    "plan.signed": "a enregistré la signature d’un plan",
    "plan.taken_back": "a repris un plan pour le modifier",
    "plan.to_approve": "a soumis un plan au responsable",
    "plan.to_sign": "a édité un plan à signer",
    "policy.set": "a changé un réglage de la politique",
    "portfolio.exported": "a exporté le portefeuille",
    "journal.exported": "a exporté le journal",
    "procedure.assigned": "a attribué une procédure à une nature de créance",
    "procedure.draft_discarded": "a jeté un brouillon de procédure",
    "procedure.draft_opened": "a ouvert un brouillon de procédure",
    "procedure.draft_saved": "a enregistré un brouillon de procédure",
    "procedure.installed": "a installé une procédure",
    "procedure.published": "a publié une procédure",
    "promise.cancelled": "a annulé une promesse de paiement",
    "promise.followed": "a conclu une promesse de paiement",
    "promise.made": "a noté une promesse de paiement",
    "source.created": "a créé une source d’import",
    "source.mapping_saved": "a enregistré des colonnes rapprochées",
    "task.answered": "a répondu à une demande",
    "task.asked": "a fait une demande à un collègue",
    "task.cancelled": "a annulé une demande",
    "template.saved": "a changé le texte d’un document",
    "user.accounts_handed_over": "a confié tous les comptes d’un collègue",
    "user.added": "a ajouté un utilisateur",
    "user.changed": "a changé le rôle ou les agences d’un utilisateur",
    "user.deactivated": "a fermé l’accès d’un utilisateur",
    "user.reactivated": "a rouvert l’accès d’un utilisateur",
    "user.password_reset": "a donné un mot de passe provisoire",
    "user.password_changed": "a changé son mot de passe",
    "transfer.decided": "a transmis un dossier au contentieux",
    "transfer.proposed": "a présenté un dossier pour transmission",
    "transfer.received": "a reçu un dossier au contentieux",
    "transfer.refused": "a gardé un dossier en amiable",
    "transfer.returned": "a rendu un dossier",
    "transfer.waived": "a dit pourquoi un moyen est impossible",
    "transfer.withdrawn": "a retiré un dossier du contentieux",
}
_PROMISES = dict(Promise.Status.choices)
_LISTS = {
    "accounts": "liste des comptes",
    "titres": "liste des titres",
    "movements": "mouvements",
    "snapshot": "état des restes",
    "bank": "banque",
}
_ROLES = dict(User.Role.choices)
#: What the data of an event means, for the keys worth reading at a glance.
_DETAILS: dict[str, Callable[[Any], str]] = {
    "role": lambda value: str(_ROLES.get(value, value)),
    "kind": lambda value: HOLD_LABELS.get(value, ""),
    "accounts": lambda value: plural(value, "compte") if isinstance(value, int) else "",
    "status": lambda value: str(_PROMISES.get(value, "")).lower(),
    "list": lambda value: _LISTS.get(value, str(value)),
    "accepted": lambda value: plural(value, "ligne"),
    "lines": lambda value: plural(value, "ligne") if isinstance(value, int) else "",
    "version": lambda value: f"version {value}",
    "amount_cents": lambda value: euros(value) if isinstance(value, int) else "",
    "format": lambda value: str(value).upper(),
    "key": str,
    "code": str,
    "rule": str,
    "rule_id": str,
}


def sentence(verb: str) -> str:
    """« a mis le compte en attente »; an unknown verb is shown as it is rather than hidden."""
    return SENTENCES.get(verb, verb)


def detail(data: dict[str, Any]) -> str:
    """The few words of an event's data that help, joined by dots."""
    said = [_DETAILS[key](value) for key, value in data.items() if key in _DETAILS and value is not None]
    return " · ".join(words for words in said if words)
