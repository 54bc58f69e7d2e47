"""One transfer for several accounts: the split that fits is proposed, the officer says."""

from __future__ import annotations

from typing import Any

from django import forms

from amiable.accounts.models import Account
from amiable.bank.accounts import candidates, paid_from
from amiable.bank.models import BankTransaction
from amiable.bank.splitting import Share, fitting
from amiable.bank.splitting import split as split_line
from amiable.core.access import scope
from amiable.core.models import User
from amiable.domain.text.french import euros, plural
from amiable.intake.refresh import refresh_positions
from amiable.web.kit.action import Action, Doer
from amiable.web.kit.fields import EurosField
from amiable.web.kit.forms import ActionForm
from amiable.web.matching.actions import MATCH

#: Lines of the form.
LINES = 6


def proposed(row: BankTransaction, user: User) -> list[tuple[str, str]]:
    """The lines of the form: the split that fits the accounts offered, then empty ones."""
    offered = [*row.suggestions.values_list("account_id", flat=True), *paid_from(row.office_id, row.iban)]
    seen = scope(Account.objects.filter(office=row.office_id), user)
    refs = dict(seen.filter(pk__in=offered).values_list("pk", "ref"))
    found = fitting(abs(row.amount_cents), candidates(sorted(refs)))
    lines = [(refs[account], f"{cents // 100},{cents % 100:02}") for account, cents in found]
    return lines + [("", "")] * (LINES - len(lines))


class SplitForm(ActionForm):
    """An account and its part on each line, and what concerns no debtor."""

    reste = EurosField(label="Part qui n’est à aucun débiteur (frais)", required=False)

    def prepare(self) -> None:
        for n in range(1, LINES + 1):
            self.fields[f"compte_{n}"] = forms.CharField(label=f"Compte {n}", required=False)
            self.fields[f"somme_{n}"] = EurosField(label=f"Somme {n}", required=False)

    def clean(self) -> dict[str, Any]:
        value = super().clean() or {}
        value["shares"] = [share for n in range(1, LINES + 1) if (share := self._share(value, n)) is not None]
        return value

    def _share(self, value: dict[str, Any], n: int) -> Share | None:
        ref, cents = (value.get(f"compte_{n}") or "").strip(), value.get(f"somme_{n}")
        if not ref and cents is None:
            return None
        account = scope(Account.objects.filter(ref=ref), self.user).first()
        if account is None:
            self.add_error(f"compte_{n}", f"Aucun compte « {ref} » : rien n’a été inscrit.")
            return None
        return Share(account, cents or 0)


def _split(row: BankTransaction, doer: Doer, form: SplitForm) -> str:
    shares = form.cleaned_data["shares"]
    parts = split_line(row=row, shares=shares, aside_cents=form.cleaned_data["reste"] or 0, **doer.by)
    refresh_positions(row.office, [share.account.pk for share in shares], today=doer.today)
    return f"{euros(abs(row.amount_cents))} répartis en {plural(len(parts), 'part')}."


SPLIT = Action("split", "Répartir entre plusieurs comptes", "Répartir", MATCH, _split, SplitForm)
ACTIONS = (SPLIT,)
