"""What is set up: the office, its agencies, its users and their access, one's password, persons to merge."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.timezone import localtime

from amiable.core import second_look
from amiable.core.access import fetch
from amiable.core.models import Agency, Office, SensitiveChange, User
from amiable.core.offices import (
    change_office,
    change_own_password,
    change_user,
    open_or_close,
    provisional_password,
    save_agency,
)
from amiable.core.users import Newcomer, add_user
from amiable.domain.text.french import plural
from amiable.parties.models import MergeProposal
from amiable.parties.services import accept_merge, refuse_merge
from amiable.positions.assignment import hand_over
from amiable.positions.stale import mark, refresh_now
from amiable.web.kit.action import Action, Doer, Done
from amiable.web.kit.forms import ActionForm
from amiable.web.kit.words import person_name
from amiable.web.settings import forms

MANAGE, MERGE = "manage_users", "import_lists"


@dataclass(frozen=True)
class Card:
    """An agency of the office; None: the one being added."""

    office: Office
    agency: Agency | None


@dataclass(frozen=True)
class Added:
    """Somebody to be added: the name the lists give them, if any."""

    office: Office
    name: str = ""
    full_name: str = ""


def _change_office(office: Office, doer: Doer, form: forms.OfficeForm) -> Done:
    waits = change_office(office=office, values=form.cleaned_data, **doer.now_by)
    if waits is None:
        return Done("L’office est enregistré : les prochaines lettres en tiennent compte.")
    return Done("", waits, (f"Le nouveau compte d’encaissement attend : {until(waits)}",))


def _save_agency(card: Card, doer: Doer, form: forms.AgencyForm) -> str:
    save_agency(office=card.office, agency=card.agency, actor=doer.actor, **form.cleaned_data)
    return "L’agence est enregistrée."


def _change_password(user: User, doer: Doer, form: forms.PasswordForm) -> str:
    value = form.cleaned_data
    change_own_password(user=user, present=value["present"], chosen=value["chosen"])
    return "Votre mot de passe est changé."


def _add_user(new: Added, doer: Doer, form: forms.NewUserForm) -> Done:
    values = form.cleaned_data
    added, password = add_user(
        office=new.office,
        newcomer=Newcomer(
            name=values["name"],
            role=values["role"],
            agency_codes=[agency.code for agency in values["agencies"]],
            full_name=values["full_name"],
            email=values["email"],
        ),
        password=None,
        **doer.now_by,
    )
    return Done("", (added, password or ""))


def _change_user(user: User, doer: Doer, form: forms.UserForm) -> Done:
    waits = change_user(user=user, **doer.now_by, **form.cleaned_data)
    said = f"{user} est enregistré."
    return Done(said, waits, (f"Le nouveau rôle attend : {until(waits)}",) if waits is not None else ())


def until(change: SensitiveChange) -> str:
    """When the change happens, in words."""
    if change.effective_at is None:
        return "une autre personne doit le confirmer."
    return (
        f"il prendra effet le {localtime(change.effective_at):%d/%m/%Y à %H h %M}, annoncé d’ici là à tous."
    )


def _second_look(change: SensitiveChange, doer: Doer, form: forms.SecondLookForm) -> str:
    if form.cleaned_data["choice"] == "confirm":
        second_look.confirm(change=change, **doer.now_by)
        return "Le changement est fait."
    second_look.drop(change=change, **doer.now_by)
    return "Le changement est abandonné."


def _open_or_close(user: User, doer: Doer, form: object) -> str:
    open_or_close(user=user, is_active=not user.is_active, **doer.now_by)
    return f"L’accès de {user} est {'fermé' if user.is_active else 'rouvert'}."


def _hand_over(user: User, doer: Doer, form: forms.HandOverForm) -> str:
    to = fetch(User, doer.actor, pk=form.cleaned_data["to"])
    moved = hand_over(officer=user, to=to, actor=doer.actor)
    return f"{plural(moved, 'compte')} de {user} sont maintenant suivis par {to}."


def _reset(user: User, doer: Doer, form: object) -> Done:
    return Done("", (user, provisional_password(user=user, actor=doer.actor)))


def _merge(proposal: MergeProposal, doer: Doer, form: forms.MergeForm) -> str:
    choice = form.cleaned_data["choice"]
    if choice == "refuse":
        refuse_merge(proposal=proposal, actor=doer.actor)
        return "Ces deux personnes restent distinctes."
    kept = accept_merge(proposal=proposal, actor=doer.actor, keep_second=choice == "second")
    ids = list(kept.accounts.values_list("pk", flat=True))
    mark(proposal.office_id, ids)
    refresh_now(office=proposal.office, account_ids=ids, today=doer.today)
    return f"{person_name(kept)} a maintenant {len(ids)} comptes."


OFFICE = Action("office", "Office", "Enregistrer", MANAGE, _change_office, forms.OfficeForm)
AGENCY: Action[Card] = Action(
    "agency",
    lambda card: f"Agence {card.agency.name}" if card.agency else "Nouvelle agence",
    "Enregistrer",
    MANAGE,
    _save_agency,
    forms.AgencyForm,
    beside={"agency_exists": "code"},
)
#: No capability: one's own password is anybody's.
PASSWORD = Action(
    "password",
    "Mon mot de passe",
    "Enregistrer",
    "",
    _change_password,
    forms.PasswordForm,
    beside={"wrong_password": "present", "weak_password": "chosen"},
)
ADD_USER = Action("add_user", "Nouvel utilisateur", "Enregistrer", MANAGE, _add_user, forms.NewUserForm)
CHANGE_USER: Action[User] = Action(
    "change_user", str, "Enregistrer", MANAGE, _change_user, forms.ChangeUserForm
)
ACCESS = Action("access", "Accès", "Fermer ou rouvrir l’accès", MANAGE, _open_or_close, ActionForm)
HAND_OVER = Action(
    "hand_over", "Confier les comptes", "Confier tous ses comptes", MANAGE, _hand_over, forms.HandOverForm
)
RESET = Action(
    "reset", "Mot de passe oublié", "Donner un mot de passe provisoire", MANAGE, _reset, ActionForm
)
SECOND_LOOK = Action(
    "second_look", "Changement à confirmer", "Valider", MANAGE, _second_look, forms.SecondLookForm
)
DECIDE_MERGE = Action("merge", "Personnes à réunir", "Confirmer", MERGE, _merge, forms.MergeForm)
ACTIONS = (
    OFFICE, AGENCY, PASSWORD, ADD_USER, CHANGE_USER, ACCESS, HAND_OVER, RESET, SECOND_LOOK, DECIDE_MERGE,
)  # fmt: skip
