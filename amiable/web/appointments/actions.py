"""What is done in the agenda: appointments taken, moved, cancelled, concluded; hours and absences."""

from __future__ import annotations

from amiable.accounts.models import Account
from amiable.appointments import absences, services
from amiable.appointments import messages as letters
from amiable.appointments.models import Absence, Appointment
from amiable.core.access import require
from amiable.core.models import User
from amiable.domain.contact.slots import PARIS
from amiable.domain.text import french
from amiable.web.appointments import forms
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm, Button
from amiable.web.kit.links import LinkForm, make_link
from amiable.web.kit.words import person_name

WORK = "work_accounts"


def _told(made: Appointment, what: str, channel: str, doer: Doer) -> Done:
    """What was done; what prevents the message is said, and never undoes the appointment."""
    here = made.starts_at.astimezone(PARIS)
    when = f"{here:%d/%m/%Y} à {letters.hour_words(made.starts_at)}"
    why_not = letters.tell_or_say(made, what, channel=channel, **doer.now_by)
    said = f"{person_name(made.person)} : {when}, avec {made.officer}."
    return Done(said, made, (why_not,) if why_not else ())


def _book(account: Account, doer: Doer, form: forms.SlotForm) -> Done:
    officer, at = form.cleaned_data["slot"]
    made = services.book(account=account, officer=officer, starts_at=at, **doer.now_by)
    return _told(made, "rdv_confirmation", form.cleaned_data["channel"], doer)


def _move(appointment: Appointment, doer: Doer, form: forms.SlotForm) -> Done:
    officer, at = form.cleaned_data["slot"]
    made = services.move(appointment=appointment, starts_at=at, officer=officer, **doer.now_by)
    return _told(made, "rdv_deplace", form.cleaned_data["channel"], doer)


def _cancel(appointment: Appointment, doer: Doer, form: forms.CancelForm) -> Done:
    value = form.cleaned_data
    services.cancel(
        appointment=appointment, by_tenant=bool(value["by_tenant"]), reason=value["reason"], **doer.now_by
    )
    why_not = letters.tell_or_say(appointment, "rdv_annule", channel=value["channel"], **doer.now_by)
    said = "Rendez-vous annulé : le créneau est libre, le suivi reprend."
    return Done(said, appointment, (why_not,) if why_not else ())


def _no_show(appointment: Appointment, doer: Doer, form: Button) -> str:
    services.mark_no_show(appointment=appointment, **doer.by)
    return f"{person_name(appointment.person)} : absence notée, la procédure reprend."


def _kept(appointment: Appointment, doer: Doer, form: Button) -> str:
    services.mark_kept(appointment=appointment, **doer.by)
    return f"{person_name(appointment.person)} est venu·e : voici l’entretien."


def _save_hours(officer: User, doer: Doer, form: forms.WeekForm) -> str:
    if officer.pk != doer.actor.pk:
        require(doer.actor, "give_instructions")
    absences.save_hours(officer=officer, ranges=form.ranges(), actor=doer.actor)
    return "Plages de réception enregistrées."


def _declare(user: User, doer: Doer, form: forms.AbsenceForm) -> Done:
    value = form.cleaned_data
    if value["officer"].pk != doer.actor.pk:
        require(doer.actor, "give_instructions")
    return Done("Absence notée.", absences.declare(**value, **doer.by))


def _replan(absence: Absence, doer: Doer, form: forms.ReplanForm) -> Done:
    channel = form.cleaned_data["channel"]
    moved, refused = absences.replan(absence=absence, choices=form.choices(), channel=channel, **doer.now_by)
    said = f"{french.plural(len(moved), 'rendez-vous', 'rendez-vous')} à une autre place."
    return Done(said, moved, tuple(refused))


def _withdraw(absence: Absence, doer: Doer, form: object) -> str:
    absences.withdraw(absence=absence, actor=doer.actor)
    return "Absence retirée : les créneaux sont de nouveau libres."


def _renew_link(purpose: str, doer: Doer, form: LinkForm) -> Done:
    return make_link(purpose, doer, form, "Adresse prête : copiez-la dans votre agenda.")


def _fixed(appointment: Appointment) -> str:
    here = appointment.starts_at.astimezone(PARIS)
    return f"Aujourd’hui fixé au {here:%d/%m/%Y} à {letters.hour_words(appointment.starts_at)}."


BOOK = Action("book", "Prendre un rendez-vous", "Prendre ce rendez-vous", WORK, _book, forms.SlotForm)
MOVE = Action("move", "Déplacer le rendez-vous", "Déplacer", WORK, _move, forms.SlotForm, lead_fr=_fixed)
CANCEL = Action("cancel", "Annuler le rendez-vous", "Annuler le rendez-vous", WORK, _cancel, forms.CancelForm)
NO_SHOW = Action("no_show", "Personne ne s’est présenté", "Noter l’absence", WORK, _no_show, Button)
KEPT = Action("kept", "La personne est venue", "Noter qu’elle est venue", WORK, _kept, Button)
SAVE_HOURS = Action("hours", "Plages de réception", "Enregistrer", WORK, _save_hours, forms.WeekForm)
DECLARE = Action("declare", "Absences", "Noter l’absence", WORK, _declare, forms.AbsenceForm)
REPLAN = Action(
    "replan", "Rendez-vous à replacer", "Replacer ces rendez-vous", WORK, _replan, forms.ReplanForm
)
WITHDRAW = Action("withdraw", "Retirer l’absence", "Retirer", WORK, _withdraw, ActionForm)
RENEW_LINK = Action("link", "Adresse d’agenda", "Créer l’adresse", WORK, _renew_link, LinkForm)
ACTIONS = (BOOK, MOVE, CANCEL, NO_SHOW, KEPT, SAVE_HOURS, DECLARE, REPLAN, WITHDRAW, RENEW_LINK)
