"""A procedure: ordered steps read from YAML into an immutable object.

Of the steps that address the person, the first that holds is the next contact; the duties of the office stand
beside it, as many as hold, each with its limit.

Structure is checked when it is loaded: known facts, known steps, no cycle, every step reachable. What the
law demands is checked by `legality`. A step is done once in a spell of unpaid debt, unless it repeats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import yaml

from amiable.domain.decision import conditions, facts
from amiable.domain.decision.branching import branches, not_done, possible, required_steps, whole
from amiable.domain.decision.conditions import All, AnyOf, Condition, leaves
from amiable.domain.errors import DomainError
from amiable.domain.text.loading import Unreadable, read_yaml

#: What a step is for the day's screens; the first three concern the office's own duties or a colleague.
KINDS = MappingProxyType(
    {
        "internal": "Travail interne",
        "dossier": "Dossier",
        "referral": "Orientation",
        "sms": "SMS",
        "email": "Courriel",
        "letter": "Lettre",
        "call": "Appel",
        "convocation": "Convocation",
        "visit": "Visite",
    }
)
MODES = MappingProxyType({"auto": "automatique", "validate": "à approuver", "manual": "à faire soi-même"})
LANES = MappingProxyType(
    {
        "legal": "Limite légale",
        "rejected": "Prélèvement rejeté",
        "promise": "Promesse non tenue",
        "plan": "Plan à risque",
        "first": "Premier impayé",
        "call": "Appel",
        "message": "Message",
        "meeting": "Rendez-vous",
        "letter": "Lettre",
        "visit": "Visite",
        "social": "Orientation sociale",
        "transfer": "Transmission",
        "data": "Coordonnées",
    }
)
#: Work of the office itself, or of a colleague: a duty beside the contact, unless the step says otherwise.
OFFICE_KINDS = ("internal", "dossier", "referral")
#: In `precedes`: every step that addresses the person.
ALL_CONTACT = "contact"
CHANNELS = ("letter", "lrar", "email", "sms")
#: What steps of the shipped procedures precede in texts published before a step could say it.
_USUALLY_PRECEDES = {"deces_signale": ALL_CONTACT, "verifier_mutuelle": "relance", "relance_1": "visite"}
#: The deadline of a step about a prescription.
PRESCRIPTION = "prescribes_on"
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Step:
    """One thing to do. `guarded`: a hold stops it (every chase); a duty of the office itself is not guarded.

    after: steps that must have been done, with their delays; condition: everything that must hold, `after`,
    `when`, not `stops_when` and not already done together. act: the legal act it is, if any (French name).
    deadline: the date fact by which it must be done. why: the line's reason with `{fact}` slots; change: what
    would make the step go, likewise, when paying down to the floor would not. late: the reason once the
    deadline has passed. interrupts: the rule by which
    the step, once done, interrupts the prescription (PUB-07), if it does.
    is_duty: work of the office, which no contact waits for. precedes: codes of the contacts that wait as long
    as this step is to be done now. stands: it is due as long as its facts say so, whatever was ticked.
    templates: the wording of each channel; channels in order of preference.
    """

    code: str
    label_fr: str
    kind: str
    mode: str
    lane: str
    when: Condition
    condition: Condition
    templates: Mapping[str, str] = field(default_factory=dict, hash=False)
    channels: tuple[str, ...] = ()
    after: Condition = conditions.ALWAYS
    rules: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    act: str | None = None
    deadline: str | None = None
    interrupts: str | None = None
    why: str = ""
    change: str = ""
    late: str = ""
    fee_cents: int = 0
    repeat_days: int | None = None
    guarded: bool = True
    enabled: bool = True
    is_duty: bool = False
    precedes: tuple[str, ...] = ()
    stands: bool = False

    @property
    def late_why(self) -> str:
        """The line's reason once the deadline has passed: nothing is to be done « avant » a past day."""
        return self.late or f"limite du {{{self.deadline}}} dépassée : {{actionable_cents}} à réclamer"

    @property
    def template(self) -> str | None:
        """Wording of the preferred channel."""
        return self.templates[self.channels[0]] if self.channels else None


@dataclass(frozen=True)
class Procedure:
    """code, label, creditor's kind and natures it fits, steps in order of priority, and its YAML data."""

    code: str
    label_fr: str
    kind: str
    natures: tuple[str, ...]
    steps: tuple[Step, ...]
    summary_fr: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False, repr=False)

    @property
    def active(self) -> tuple[Step, ...]:
        """Steps in use; a step switched off stays in the text, out of the decision."""
        return tuple(step for step in self.steps if step.enabled)

    @property
    def contacts(self) -> tuple[Step, ...]:
        """The active steps that address the person, in order."""
        return tuple(step for step in self.active if not step.is_duty)

    def before(self, step: Step) -> tuple[Step, ...]:
        """The active steps that `step` waits for as long as they are to be done now."""
        return tuple(
            other
            for other in self.active
            if other.code != step.code
            and not step.is_duty
            and (step.code in other.precedes or ALL_CONTACT in other.precedes)
        )

    @property
    def labels(self) -> dict[str, str]:
        return {step.code: step.label_fr for step in self.steps}

    def step(self, code: str) -> Step:
        """The step of that code. Raises DomainError when there is none."""
        for step in self.steps:
            if step.code == code:
                return step
        raise DomainError("step_unknown", f"L’étape « {code} » n’existe pas dans « {self.label_fr} ».")

    def facts_needed(self) -> set[str]:
        """Every column the decision reads, `days_since.*` included."""
        own = {facts.step_column(step.code) for step in self.steps}
        return own | {leaf.fact for step in self.steps for leaf in leaves(step.condition)}


# Reading ---------------------------------------------------------------------------------------------------

_STEP_WORDS = {
    "code", "label", "kind", "mode", "lane", "template", "channels", "when", "after", "stops_when", "rules",
    "mentions", "act", "deadline", "interrupts", "why", "change", "late", "fee_cents", "repeat_days",
    "guarded", "enabled", "duty", "precedes", "stands",
}  # fmt: skip


def load(text: str) -> Procedure:
    """Procedure read from YAML text and checked for structure. Raises DomainError with a French reason."""
    try:
        data = read_yaml(text)
    except Unreadable as error:
        raise DomainError(
            "procedure_unreadable", f"Le fichier de procédure ne se lit pas. {error.message_fr}"
        ) from None
    return from_data(data)


def dump(data: Mapping[str, Any]) -> str:
    """The YAML text of a procedure's data, in its own order."""
    return yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=110)


def from_data(data: Any) -> Procedure:
    """Same as `load`, from already parsed data."""
    if not isinstance(data, Mapping) or not isinstance(data.get("steps"), list):
        raise DomainError("procedure_unreadable", "Une procédure attend un code, un libellé et des étapes.")
    if missing := {"code", "label", "kind", "natures"} - set(data):
        raise DomainError("procedure_incomplete", f"Il manque « {sorted(missing)[0]} » à la procédure.")
    procedure = Procedure(
        code=str(data["code"]),
        label_fr=str(data["label"]),
        kind=str(data["kind"]),
        natures=tuple(data["natures"]),
        steps=_with_usual_order(tuple(_read_step(item) for item in data["steps"]), data["steps"]),
        summary_fr=str(data.get("summary", "")),
        data=MappingProxyType(dict(data)),
    )
    _check(procedure)
    return procedure


def _read_step(data: Any) -> Step:
    if not isinstance(data, Mapping) or not _CODE.fullmatch(str(data.get("code", ""))):
        raise DomainError("step_unreadable", f"Une étape attend un code en minuscules : {data!r:.80}.")
    code = str(data["code"])
    if extra := sorted(set(data) - _STEP_WORDS):
        raise step_error(code, f"mot inconnu « {extra[0]} »")
    if missing := sorted({"label", "kind", "mode", "lane"} - set(data)):
        raise step_error(code, f"il manque « {missing[0]} »")
    for word, known in (("kind", KINDS), ("mode", MODES), ("lane", LANES)):
        if data[word] not in known:
            raise step_error(code, f"« {data[word]} » n’est pas possible pour « {word} »")
    try:
        when, after = conditions.parse(data.get("when")), _read_after(data.get("after"))
        stops = conditions.unless(data["stops_when"]) if data.get("stops_when") else None
    except DomainError as error:
        raise step_error(code, error.message_fr) from None
    repeat = data.get("repeat_days")
    # A prescription is interrupted by an act, never by a tick.
    stands = bool(data.get("stands", data.get("deadline") == PRESCRIPTION))
    if repeat is not None and (not isinstance(repeat, int) or repeat < 1):
        raise step_error(code, "« repeat_days » est un nombre de jours, 1 au moins")
    return Step(
        code=code,
        label_fr=str(data["label"]),
        kind=data["kind"],
        mode=data["mode"],
        lane=data["lane"],
        when=when,
        condition=whole(after, when, stops, None if stands else not_done(code, repeat, when)),
        after=after,
        templates=_read_templates(data),
        channels=tuple(data.get("channels", ())),
        rules=tuple(data.get("rules", ())),
        mentions=tuple(data.get("mentions", ())),
        act=data.get("act"),
        deadline=data.get("deadline"),
        interrupts=data.get("interrupts"),
        why=str(data.get("why", "")),
        change=str(data.get("change", "")),
        late=str(data.get("late", "")),
        fee_cents=int(data.get("fee_cents", 0)),
        repeat_days=repeat,
        guarded=bool(data.get("guarded", True)),
        enabled=bool(data.get("enabled", True)),
        is_duty=bool(data.get("duty", data["kind"] in OFFICE_KINDS or data["lane"] == "legal")),
        precedes=_listed(data.get("precedes", ())),
        stands=stands,
    )


def _with_usual_order(steps: tuple[Step, ...], data: list[Mapping[str, Any]]) -> tuple[Step, ...]:
    contacts = {step.code for step in steps if not step.is_duty} | {ALL_CONTACT}
    usual = {code: after for code, after in _USUALLY_PRECEDES.items() if after in contacts}
    return tuple(
        replace(step, precedes=(usual[step.code],)) if step.code in usual and "precedes" not in item else step
        for step, item in zip(steps, data, strict=True)
    )


def _listed(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _read_templates(data: Mapping[str, Any]) -> Mapping[str, str]:
    """`template: relance_2` for every channel, or one wording by channel."""
    given = data.get("template") or {}
    by_channel = given if isinstance(given, Mapping) else dict.fromkeys(data.get("channels", ()), given)
    return MappingProxyType(dict(by_channel))


def _read_after(items: Any) -> Condition:
    """`[{step: relance_1, days: 7}, {step: relance, limit: PUB-05.1}, {any: [...]}]`."""
    if not items:
        return conditions.ALWAYS
    return All(tuple(_read_after_item(item) for item in items))


def _read_after_item(item: Mapping[str, Any]) -> Condition:
    if "any" in item:
        return AnyOf(tuple(_read_after_item(child) for child in item["any"]))
    if "limit" in item:
        return conditions.parse({"step": item.get("step", ""), "after_limit": item["limit"]})
    days = str(item.get("days", 0)).strip()
    since = days if days.startswith(">") else f">= {days}"
    return conditions.parse({"step": item.get("step", ""), "done_since_days": since})


class StepError(DomainError):
    """A refusal about one step; `step` is its code, for the form to show it beside."""

    def __init__(self, step: str, message_fr: str) -> None:
        super().__init__("step_invalid", f"Étape « {step} » : {message_fr.rstrip('.')}.")
        self.step = step


def step_error(code: str, message: str) -> StepError:
    return StepError(code, message)


# Structure -------------------------------------------------------------------------------------------------


def _check(procedure: Procedure) -> None:
    codes = [step.code for step in procedure.steps]
    if double := sorted({code for code in codes if codes.count(code) > 1}):
        raise step_error(double[0], "ce code est employé deux fois")
    if not procedure.active:
        raise DomainError("procedure_empty", "Une procédure garde au moins une étape active.")
    for step in procedure.steps:
        _check_step(step, set(codes))
    _check_precedence(procedure)
    _check_cycles(procedure)
    _check_reachable(procedure)


def _check_step(step: Step, codes: set[str]) -> None:
    for leaf in leaves(step.condition):
        if leaf.step is not None and leaf.step not in codes:
            raise step_error(step.code, f"l’étape « {leaf.step} » n’existe pas")
    if unknown := [c for c in step.channels if c not in CHANNELS]:
        raise step_error(step.code, f"le canal « {unknown[0]} » n’existe pas")
    if step.mode == "auto" and not step.channels:
        raise step_error(step.code, "une étape automatique a besoin d’un canal")
    if bare := [c for c in step.channels if not step.templates.get(c)]:
        raise step_error(step.code, f"le canal « {bare[0]} » a besoin d’un modèle")
    if step.deadline is not None and getattr(facts.FACTS.get(step.deadline), "unit", "") != "date":
        raise step_error(step.code, f"« {step.deadline} » n’est pas une date connue")
    if wrong := [name for name in why_facts(step.why + step.change) if name not in facts.FACTS]:
        raise step_error(step.code, f"sa raison cite un fait inconnu, « {wrong[0]} »")


def why_facts(template: str) -> list[str]:
    """Facts named in the slots of a step's reason."""
    return _SLOT.findall(template)


def _requirements(step: Step) -> set[str]:
    # A repeated step may ask for its own earlier run: that is no cycle.
    return required_steps(step.condition) - {step.code}


def _check_precedence(procedure: Procedure) -> None:
    """A step withholds only what is no cure of what it is about, and never waits for what it withholds."""
    steps = {step.code: step for step in procedure.steps}
    for step in procedure.steps:
        for code in step.precedes:
            if code != ALL_CONTACT and (code not in steps or steps[code].is_duty):
                raise step_error(step.code, f"« {code} » n’est pas un contact de la procédure (precedes)")
        held = [steps[c] for c in steps if step in procedure.before(steps[c])]
        for other in held:
            if step.deadline == PRESCRIPTION and other.interrupts:
                raise step_error(
                    step.code, f"elle retiendrait « {other.code} », qui interrompt la prescription"
                )
            if other.code in required_steps(step.condition) or other in procedure.before(step):
                raise step_error(step.code, f"« {other.code} » et elle s’attendent l’une l’autre")


def _check_cycles(procedure: Procedure) -> None:
    graph = {step.code: _requirements(step) for step in procedure.steps}
    done: set[str] = set()
    while ready := {code for code, needs in graph.items() if code not in done and needs <= done}:
        done |= ready
    if left := [code for code in graph if code not in done]:
        raise step_error(
            left[0], f"les étapes {', '.join(left)} s’attendent l’une l’autre, aucune ne viendra"
        )


def _check_reachable(procedure: Procedure) -> None:
    alive = {step.code for step in procedure.active}
    for step in procedure.active:
        if dead := sorted(_requirements(step) - alive):
            raise step_error(step.code, f"elle attend l’étape « {dead[0]} », qui est désactivée")
        if not any(possible(branch) for branch in branches(step.condition)):
            raise step_error(step.code, "ses conditions se contredisent, elle ne viendra jamais")
