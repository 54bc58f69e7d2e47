"""The kinds of ledger entries, as lists name them. Debits are positive, credits negative, in cents."""

from __future__ import annotations

from enum import IntEnum


class EntryKind(IntEnum):
    """One kind per `type` of the movements list; TITRE is the principal of a public claim."""

    QUITTANCE = 1
    REGULARISATION = 2
    SLS = 3
    FRAIS = 4
    TITRE = 5
    INDU = 6
    REMBOURSEMENT = 7
    ECHEANCE = 8
    APL = 10
    RLS = 11
    ENCAISSEMENT = 12
    REMISE = 13
    EFFACEMENT = 14
    REECHELONNEMENT = 15
    SUBROGATION = 16
    REJET = 20
    ANNULATION = 21


#: Credits that belong to the month they relate to (PAY-03).
AID_KINDS = (EntryKind.APL, EntryKind.RLS)
#: Credits that settle the item they name (`reverses_id`) and never another: what a decision erased, what
#: imposed measures put off (each ECHEANCE is that, under its new date), what a guarantor paid and is owed in
#: the landlord's stead (AL-05).
TARGETED_KINDS = (EntryKind.EFFACEMENT, EntryKind.REECHELONNEMENT, EntryKind.SUBROGATION)

LABELS_FR = {
    EntryKind.QUITTANCE: "Quittance",
    EntryKind.REGULARISATION: "Régularisation de charges",
    EntryKind.SLS: "Supplément de loyer (SLS)",
    EntryKind.FRAIS: "Frais",
    EntryKind.TITRE: "Titre",
    EntryKind.INDU: "Aide reprise par la caisse (indu)",
    EntryKind.REMBOURSEMENT: "Remboursement",
    EntryKind.ECHEANCE: "Échéance des mesures de surendettement",
    EntryKind.APL: "APL",
    EntryKind.RLS: "RLS",
    EntryKind.ENCAISSEMENT: "Encaissement",
    EntryKind.REMISE: "Remise",
    EntryKind.EFFACEMENT: "Effacement",
    EntryKind.REECHELONNEMENT: "Report par les mesures de surendettement",
    EntryKind.SUBROGATION: "Payé par le garant (subrogation)",
    EntryKind.REJET: "Rejet de prélèvement",
    EntryKind.ANNULATION: "Annulation",
}
