"""A private address somebody gives to their agenda: made, or made anew."""

from __future__ import annotations

from django import forms

from amiable.core.private_links import link_of, renew
from amiable.web.kit.action import Doer, Done
from amiable.web.kit.forms import ActionForm


class LinkForm(ActionForm):
    renew = forms.BooleanField(required=False, widget=forms.HiddenInput)


def make_link(purpose: str, doer: Doer, form: LinkForm, said_fr: str = "") -> Done:
    """The address for that purpose; another one when asked: the former stops working."""
    make = renew if form.cleaned_data["renew"] else link_of
    return Done(said_fr, make(doer.actor, purpose))
