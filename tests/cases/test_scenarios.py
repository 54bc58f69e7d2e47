"""The lives of dossiers a lawyer reads (tests/cases/dossiers/*.yaml), run day after day by the services.

A new kind adds its file; words of a day: nuit, appel, fait, parti, ouvrir, champs, envoyer, recu, reponse,
valeurs, motif, barre, and either `refus` (the code of the refusal) or `attendu`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from amiable.accounts.models import Account, AccountParty
from amiable.cases import services
from amiable.cases.kinds import kind_of
from amiable.cases.models import Dossier
from amiable.correspondence import store
from amiable.diary.doings import log_call, mark_step_done
from amiable.diary.holds import active_on
from amiable.domain.errors import DomainError
from amiable.guarantees.action_logement.contracts import record_guarantee
from amiable.guarantees.action_logement.reading import terms_of
from amiable.ledger.models import Entry
from amiable.parties.models import Death
from amiable.partners import ccapex, social
from amiable.positions.models import AccountPosition
from tests import factories
from tests.cases.conftest import Desk, noon, propose
from tests.kept import rewritten

CASES = [
    pytest.param(case, path.stem, id=f"{path.stem}: {case['cas']}")
    for path in sorted((Path(__file__).parents[1] / "cases" / "dossiers").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("case", "kind"), CASES)
def test_scenario(desk: Desk, case: dict[str, Any], kind: str) -> None:
    with rewritten():
        Entry.objects.all().delete()
    for due_on in case.get("impayes", []):
        factories.debit(desk.account, due_on, 25_000, is_net=True)
    for on, cents in case.get("paiements", {}).items():
        factories.payment(desk.account, on, cents)
    for n, told in enumerate(case.get("cautions", [])):
        guarantor(desk, n, told)
    if "garantie" in case:
        record_guarantee(
            account=desk.account, **case["garantie"], actor=desk.officer, today=date(2026, 9, 30)
        )
    for day in case["jours"]:
        desk.refresh(day["le"])
        if "refus" in day:
            with pytest.raises(DomainError) as refused:
                live(desk, day, kind)
            assert refused.value.code == day["refus"], refused.value.message_fr
        else:
            live(desk, day, kind)
        check(desk, day.get("attendu", {}), day["le"])


def guarantor(desk: Desk, n: int, told: dict[str, Any]) -> None:
    """A caution of the account, with an address of their own."""
    person = factories.person(desk.office, "Vallin", f"Hélène {n}")
    factories.contact(person, "address", f"{n + 1} rue du Port\n42000 Valmont")
    mate = None
    if "colocataire_parti_le" in told:
        mate = factories.person(desk.office, "Vallin", f"Emma {n}")
        AccountParty.objects.create(
            account=desk.account,
            person=mate,
            role=AccountParty.Role.ROOMMATE,
            to_on=told["colocataire_parti_le"],
        )
    AccountParty.objects.create(
        account=desk.account,
        person=person,
        role=AccountParty.Role.GUARANTOR,
        to_on=told.get("to_on"),
        answers_for=mate,
        basis=told.get("motif", ""),
    )
    if told.get("decedee"):
        Death.objects.create(person=person, learned_on=date(2026, 11, 2))


def newest(desk: Desk) -> Dossier | None:
    return Dossier.objects.select_related("account__office", "office").order_by("-pk").first()


def live(desk: Desk, day: dict[str, Any], kind: str) -> None:
    """What happens that day, in the order of a working day."""
    on: date = day["le"]
    actor = desk.social if kind == "social" and "reponse" in day else desk.officer
    if day.get("parti"):
        Account.objects.filter(pk=desk.account.pk).update(status="parti", left_on=on)
        desk.account.refresh_from_db()
    if day.get("appel"):
        log_call(account=desk.account, outcome="reached", actor=desk.officer, today=on)
    if "fait" in day:
        mark_step_done(account=desk.account, step=day["fait"], actor=desk.officer, today=on)
    if day.get("nuit"):
        services.conclude_silences(office=desk.office, as_of=on)
        social.escalate(office=desk.office, as_of=on)
        services.spot_repeats(office=desk.office, as_of=on)
        propose(desk.office, on)
    if "ouvrir" in day:
        services.open_dossier(
            account=desk.account, kind=day["ouvrir"], fields=day.get("champs"), actor=desk.officer, today=on
        )
    made = gather(desk, day)
    if "envoyer" in day:
        assert made is not None
        made = services.send(
            dossier=made,
            way=day["envoyer"],
            late_reason=day.get("motif", ""),
            actor=desk.officer,
            now=noon(on),
        )
    if "recu" in day:
        assert made is not None
        made = services.acknowledge(dossier=made, on=on, actor=desk.officer, today=on)
    if "reponse" in day:
        assert made is not None
        values = dict(day.get("valeurs", {}))
        if "motif" in day:
            values["late_reason"] = day["motif"]
        answer = kind_of(made.kind).event(day["reponse"])
        letter = None
        if answer.needs_document:
            letter = store.add_document(
                office=desk.office, code="lettre", title="Lettre", content=b"%PDF-1.7 x", dated_on=on,
                actor=actor, account=desk.account,
            )  # fmt: skip
        services.record_event(
            dossier=made, code=answer.code, on=on, values=values, document=letter, actor=actor, today=on
        )
    if "barre" in day:
        assert ccapex.is_barred(desk.account, on, on) is day["barre"]


def gather(desk: Desk, day: dict[str, Any]) -> Dossier | None:
    """What is brought to the newest dossier before it leaves."""
    on: date = day["le"]
    made = newest(desk)
    if "paiement" in day:
        factories.payment(desk.account, on, day["paiement"])
    if day.get("adresse"):
        factories.contact(desk.account.person, "address", "8 quai Neuf\n42000 Valmont")
    if "remplir" in day:
        assert made is not None
        made = services.edit_fields(dossier=made, fields=day["remplir"], actor=desk.officer, today=on)
    for code in day.get("pieces", []):
        assert made is not None
        services.upload_piece(
            dossier=made, code=code, content=b"%PDF-1.7 x", media_type="application/pdf",
            actor=desk.officer, today=on,
        )  # fmt: skip
        made = newest(desk)
    return made


def check(desk: Desk, wanted: dict[str, Any], on: date) -> None:
    """What must be true at the end of the day; an unknown word is a mistake of the case."""
    made = newest(desk)
    for word, value in wanted.items():
        if word == "dossier":
            assert value == "aucun" and made is None
            continue
        if word == "dossiers":
            assert sorted(Dossier.objects.values_list("kind", flat=True)) == value
            continue
        found = _read(desk, made, word, on)
        assert found == value, f"{on}, {word}: {found}"


#: Words that read a sum of the account's position, in cents.
_SUMS = {
    "paye_par_le_garant": "subrogated_cents",
    "a_reclamer": "actionable_cents",
    "solde": "balance_cents",
}


def _read(desk: Desk, made: Dossier | None, word: str, on: date) -> Any:
    if word == "assignable_le":
        return ccapex.earliest_assignation_on(desk.account, on) or "jamais"
    if word in _SUMS:
        desk.refresh(on)
        return getattr(AccountPosition.objects.get(account=desk.account), _SUMS[word])
    assert made is not None
    if word == "demande":
        return sum(term.asked_cents for term in terms_of(made, on))
    if word == "lettres":
        guarantors = desk.account.parties.filter(role=AccountParty.Role.GUARANTOR)
        told = desk.account.documents.filter(person_id__in=guarantors.values("person_id"))
        return told.values("person_id").distinct().count()
    if word == "limites":
        return {one.rule: one.limit_on for one in made.limits.filter(closed_on=None)}
    if word == "mensualites_du_plan":
        return desk.account.plans.get().versions.get().instalments.count()
    if word == "demandes":
        return dict(desk.account.tasks.filter(status="open").values_list("code", "due_on"))
    if word == "en_attente_jusqu_au":
        holds = desk.account.holds.filter(active_on(on))
        return [hold.ends_on for hold in holds]
    if word == "recherches":
        return desk.account.tasks.filter(code="depart_adresse").count()
    if word == "remontees":
        return desk.account.tasks.filter(code="social_sans_reponse").count()
    return {"etape": made.stage, "regime": made.regime, "reponse": made.answer}[word]
