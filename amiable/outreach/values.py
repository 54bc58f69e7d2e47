"""The value of each variable of a wording for one person's accounts, read in bulk for a whole batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from amiable.accounts.models import Account, AccountTerms
from amiable.core.models import Agency, Office
from amiable.correspondence.catalogue import Wording
from amiable.diary.models import DiaryEntry
from amiable.domain import law
from amiable.domain.creditors import kind as creditor_kind
from amiable.domain.errors import DomainError
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text import french
from amiable.ledger.frozen_parts import split_of
from amiable.ledger.models import Entry
from amiable.outreach import payment
from amiable.outreach.statement import Item, history, statement, unpaid_items
from amiable.parties.models import Person
from amiable.positions.models import AccountPosition

K = DiaryEntry.Kind
REMINDERS = {
    K.SMS: "SMS",
    K.EMAIL: "courriel",
    K.LETTER: "lettre",
    K.LRAR: "lettre recommandée",
    K.CALL: "appel",
}
REASONS_FR = {
    "AM04": "provision insuffisante",
    "AC01": "coordonnées bancaires incorrectes",
    "AC04": "compte clos",
    "AC06": "compte bloqué",
    "AG01": "compte n’acceptant pas les prélèvements",
    "MD01": "aucun mandat de prélèvement",
    "MD06": "contestation par le titulaire du compte",
    "MD07": "titulaire décédé",
    "MS02": "refus du titulaire du compte",
    "MS03": "motif non communiqué",
}
#: Lists put a company's legal form where a person has a last name.
LEGAL_FORMS = frozenset(("SARL", "SAS", "SASU", "SA", "EURL", "SCI", "SNC", "SCOP", "GIE", "ASSOCIATION"))
#: Beyond this many accounts a subject counts them; the table names them.
MOST_REFS = 3
UNITS = {"days": "jours", "months": "mois", "weeks": "semaines", "years": "ans"}


@dataclass
class Sources:
    """What a batch reads once: five queries whatever its size."""

    office: Office
    today: date
    positions: Mapping[int, AccountPosition]
    items: Mapping[int, list[Item]]
    terms: Mapping[int, AccountTerms]
    reminders: Mapping[int, list[DiaryEntry]]
    rejections: Mapping[int, Entry] = field(default_factory=dict)


def load(office: Office, accounts: Sequence[Account], today: date) -> Sources:
    ids = [account.pk for account in accounts]
    terms: dict[int, AccountTerms] = {}
    for row in AccountTerms.objects.filter(account_id__in=ids, effective_on__lte=today).order_by(
        "effective_on"
    ):
        terms[row.account_id] = row
    reminders: dict[int, list[DiaryEntry]] = {}
    sent = DiaryEntry.objects.filter(account_id__in=ids, kind__in=REMINDERS, on__lte=today)
    for done in sent.order_by("on", "pk"):
        reminders.setdefault(done.account_id, []).append(done)
    rejections: dict[int, Entry] = {}
    bounced = Entry.objects.filter(account_id__in=ids, kind=EntryKind.REJET, document_on__lte=today)
    for entry in bounced.order_by("document_on", "pk"):
        rejections[entry.account_id] = entry
    return Sources(
        office=office,
        today=today,
        positions=AccountPosition.objects.in_bulk(ids),
        items=unpaid_items(accounts, today),
        terms=terms,
        reminders=reminders,
        rejections=rejections,
    )


def values_for(
    accounts: Sequence[Account],
    wording: Wording,
    names: Collection[str],
    sources: Sources,
    rules: Sequence[str] = (),
) -> dict[str, Any]:
    """Every variable for the accounts of one person, "" or None when unknown.

    `names`: the variables the text uses; tables it does not show are not built. `rules`: the legal rules of
    the procedure's step, which choose the delays quoted (PUB-05 or PUB-06).
    Raises DomainError when the text tells the debt and the statement does not add up, or says how to pay and
    the office did not."""
    office, today, main = sources.office, sources.today, accounts[0]
    word = creditor_kind(office.kind).word("account")
    if "moyens_de_paiement" in names and (gap := payment.gap(office)):
        raise DomainError("payment_unknown", gap)
    table, total = None, sum(sources.positions[account.pk].actionable_cents for account in accounts)
    if {"tableau_des_sommes", "montant_du"} & set(names):
        table, total = statement(accounts, sources.items, sources.positions, word)
    return {
        **office_values(office, main.agency),
        "charge_de_dossier": str(main.officer) if main.officer else "le service recouvrement",
        **_debt_values(accounts, total, sources),
        **_delays(wording, today, rules),
        **_rejection(sources.rejections.get(main.pk)),
        "formule_appel": "Madame, Monsieur,",
        "destinataire": full_name(main.person),
        "compte": _refs(accounts, office),
        "contrat": main.contract_ref,
        "logement": home(main),
        "date_du_jour": french.long_date(today),
        "date_situation": french.long_date(today),
        "tableau_des_sommes": table,
        "historique": history(main, today) if "historique" in names else None,
        "solde": _balance(sum(_own_balance(account, sources) for account in accounts)),
        "historique_relances": _reminders(sources.reminders.get(main.pk, []), sources.items.get(main.pk, [])),
        "objet_titre": "; ".join(dict.fromkeys(a.object_label for a in accounts if a.object_label)),
        "exercice": str(main.fiscal_year or ""),
        "date_prise_en_charge": french.long_date(main.taken_charge_on) if main.taken_charge_on else "",
    }


def _refs(accounts: Sequence[Account], office: Office) -> str:
    if len(accounts) > MOST_REFS:
        return f"{len(accounts)} {creditor_kind(office.kind).word('account_plural')}"
    return ", ".join(account.ref for account in accounts)


def _own_balance(account: Account, sources: Sources) -> int:
    """The balance; after a recevabilité, that of what is due since: the rest is in no letter (SUR-02)."""
    if account.split_on is not None and account.split_on <= sources.today:
        return split_of(account, sources.today).b_balance_cents
    return sources.positions[account.pk].balance_cents


def _balance(cents: int) -> str:
    return french.euros(cents) if cents >= 0 else f"{french.euros(-cents)} en votre faveur"


def full_name(person: Person) -> str:
    """As the Post writes it: first name, then last name in capitals; a company's legal form comes first."""
    if person.is_company or person.last_name.upper() in LEGAL_FORMS:
        return f"{person.last_name} {person.first_name}".strip().upper()
    return f"{person.first_name} {person.last_name.upper()}".strip()


def home(account: Account) -> str:
    town = f"{account.postcode} {account.city}".strip()
    return ", ".join(part for part in (account.address, town) if part)


def office_values(office: Office, agency: Agency | None) -> dict[str, str]:
    """What the office and the agency say of themselves in every document."""
    name = agency.name if agency else ""
    if name and not name.lower().startswith("agence"):
        name = f"agence {name}"
    return {
        "organisme": office.name,
        "adresse_organisme": ", ".join(line.strip() for line in office.address.splitlines() if line.strip()),
        "telephone": french.unbreakable((agency.phone if agency else "") or office.phone),
        "courriel": office.email,
        "site": office.website,
        "signataire": office.signatory,
        "auteur_acte": f"{office.signatory}, {office.name}" if is_an_author(office.signatory) else "",
        "moyens_de_paiement": payment.means(office),
        "agence": name[:1].lower() + name[1:] if name else "agence",
        "adresse_agence": ", ".join(((agency.address if agency else "") or office.address).splitlines()),
    }


def is_an_author(signatory: str) -> bool:
    """« Nadine Garnier, comptable publique »: an act tells first name, name and quality (PUB-17)."""
    name, _, quality = signatory.partition(", ")
    words = name.split()
    return len(words) > 1 and len(words[0]) > 1 and words[0][:2].isalpha() and bool(quality.strip())


def _debt_values(accounts: Sequence[Account], total: int, sources: Sources) -> dict[str, str]:
    main = accounts[0]
    position, terms = sources.positions[main.pk], sources.terms.get(main.pk)
    oldest = min((i.due_on for a in accounts for i in sources.items.get(a.pk, [])), default=None)
    paid = ""
    if position.last_payment_on and position.last_payment_cents:
        cents = french.euros(abs(position.last_payment_cents))
        paid = f"{cents} le {french.long_date(position.last_payment_on)}"
    monthly = ""
    if terms is not None:
        aid = terms.aid_cents if terms.third_party else 0
        monthly = french.euros(terms.rent_cents + terms.charges_cents - aid)
    months = position.months_of_rent
    return {
        "montant_du": french.euros(total),
        "mois_de_loyer": f"{french.decimal(months, 1)} mois de loyer" if months is not None else "",
        "plus_ancienne_echeance": french.long_date(oldest) if oldest else "",
        "loyer_mensuel": monthly,
        "dernier_paiement": paid,
    }


def _delays(wording: Wording, today: date, rules: Sequence[str]) -> dict[str, str]:
    """Delays in words; legal ones come from the law pack at today's date."""
    delays = {
        "delai_contestation_titre": "PUB-02",
        "delai_contestation_acte": "PUB-03.1",
        "delai_reponse_reclamation": "PUB-03.2",
        "delai_saisine_juge": "PUB-03.3",
        "delai_avant_poursuites": "PUB-06:after_notice" if "PUB-06" in rules else "PUB-05:after_notice",
    }
    found = {
        "autorite_reclamation": str(law.get("PUB-03", today, "authority").value),
        "juge_recours": str(law.get("PUB-03", today, "judge").value),
    }
    for name, reference in delays.items():
        rule, _, key = reference.partition(":")
        value = law.get(rule, today, key or None)
        found[name] = f"{value.value}{french.NBSP}{UNITS[value.unit]}"
    if wording.deadline_rule:
        limit = law.limit(wording.deadline_rule, today).ends_on
    else:
        limit = today + timedelta(days=wording.deadline_days)
    found["date_limite"] = french.long_date(limit)
    return found


def _rejection(entry: Entry | None) -> dict[str, str]:
    if entry is None:
        return {}
    return {
        "date_rejet": french.long_date(entry.document_on),
        "montant_rejete": french.euros(abs(entry.amount_cents)),
        "motif_rejet": REASONS_FR.get(
            entry.reason_code, "motif communiqué par la banque : " + entry.reason_code
        )
        if entry.reason_code
        else "motif non communiqué",
    }


def _reminders(entries: Sequence[DiaryEntry], items: Sequence[Item]) -> str:
    """Reminders of what is asked only: those before the oldest item asked are another story."""
    since = min((item.due_on for item in items), default=None)
    kept = [entry for entry in entries if since is None or entry.on >= since][-4:]
    return " ; ".join(f"{REMINDERS[entry.kind]} du {french.long_date(entry.on)}" for entry in kept)
