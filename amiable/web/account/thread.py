"""The thread: everything done and noticed on an account, in French, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from amiable.correspondence.models import Document
from amiable.diary.doings import SENT, UNDONE_ELSEWHERE
from amiable.diary.interruptions import ACTS
from amiable.diary.models import DiaryEntry, Hold, Promise, Task
from amiable.domain.decision.procedure import Step
from amiable.domain.settlement.entry_kinds import EntryKind
from amiable.domain.text import french
from amiable.domain.text.french import euros, hour
from amiable.outreach.checks import SUPPRESSED_FR
from amiable.parties.models import ContactPoint
from amiable.web.account.figures import Movement
from amiable.web.appointments import panel as appointments
from amiable.web.dossiers.words import thread_line as dossier_told
from amiable.web.household.panel import told as household_told
from amiable.web.kit.words import phone_words
from amiable.web.plans.words import told as plan_told
from amiable.web.situations.panel import told as situation_told
from amiable.web.transfer import panel as transfer
from amiable.web.visits.panel import told as visit_told

Kind: Any = DiaryEntry.Kind
Outcome: Any = DiaryEntry.Outcome

#: What the colour of the dot says, always beside the words.
_TONES = {
    Kind.PROMISE_KEPT: "kept",
    Kind.PROMISE_BROKEN: "risk",
    Kind.REJECTED_DEBIT: "risk",
    Kind.CONTACT_PROBLEM: "risk",
    Kind.NO_SHOW: "risk",
    Kind.SUPPRESSED: "accent",
}
#: How lines that need nothing but themselves are told, by room: kind -> (diary row) -> (what happened, what
#: goes with it).
ROOMS: dict[str, Callable[[DiaryEntry], tuple[str, str]]] = {
    Kind.APPOINTMENT: appointments.tell,
    Kind.SITUATION: situation_told,
    Kind.DOSSIER: dossier_told,
    Kind.PLAN: plan_told,
    Kind.TRANSFER: transfer.tell,
    Kind.VISIT: visit_told,
    Kind.INTERVIEW: household_told,
    Kind.HOUSEHOLD: household_told,
    Kind.INTERRUPTION: lambda row: ("Prescription interrompue", ACTS.get(row.data.get("act", ""), "")),
}
_MESSAGES = (Kind.EMAIL, Kind.SMS, Kind.LETTER, Kind.LRAR, Kind.CONVOCATION)
_FEMININE = (Kind.LETTER, Kind.LRAR, Kind.CONVOCATION)


@dataclass(frozen=True)
class Line:
    """One line: its day, what happened, the words kept with it, who did it, and its colour."""

    on: date
    title: str
    detail: str = ""
    author: str = ""
    tone: str = ""
    entry_id: int | None = None
    is_corrected: bool = False
    may_correct: bool = False
    document: Document | None = None
    order: int = 0


@dataclass(frozen=True)
class Known:
    """What lines name by id: holds, promises, tasks and contact points of the account, steps by code."""

    holds: Mapping[int, Hold]
    promises: Mapping[int, Promise]
    tasks: Mapping[int, Task]
    points: Mapping[int, ContactPoint]
    steps: Mapping[str, Step]

    def step(self, code: str) -> str:
        return self.steps[code].label_fr if code in self.steps else code.replace("_", " ").capitalize()


def thread(entries: Iterable[DiaryEntry], known: Known, *, may_correct: bool) -> list[Line]:
    """The diary's lines; a corrected one is kept, struck through, beside its correction."""
    rows = list(entries)
    corrected = {row.corrects_id for row in rows if row.corrects_id}
    return [_line(row, known, row.pk in corrected, may_correct) for row in rows]


def _line(row: DiaryEntry, known: Known, is_corrected: bool, may_correct: bool) -> Line:
    title, detail = _words(row, known)
    note = row.note.text if row.note else ""
    return Line(
        on=row.on,
        title=title,
        detail=" ".join(part for part in (detail, note) if part),
        author=str(row.actor) if row.actor else "",
        tone=_TONES.get(row.kind, ""),
        entry_id=row.pk,
        is_corrected=is_corrected,
        may_correct=may_correct
        and not is_corrected
        and row.actor_id is not None
        and row.kind not in (*SENT, *UNDONE_ELSEWHERE, Kind.CORRECTION),
        document=row.document,
        order=row.pk,
    )


def _words(row: DiaryEntry, known: Known) -> tuple[str, str]:
    """(what happened, what goes with it); the label of the kind when nothing more is known."""
    data = row.data
    if row.kind == Kind.CALL:
        return f"Appel : {french.inside(row.get_outcome_display())}", _call_back(data)
    if row.kind in _MESSAGES:
        return _message(row, known)
    if row.kind in (Kind.HOLD, Kind.HOLD_END, Kind.DISPUTE):
        return _hold(row, known.holds.get(data.get("hold_id", 0)))
    if row.kind in (Kind.PROMISE, Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN, Kind.PROMISE_CANCELLED):
        return _promise(row)
    if row.kind in (Kind.TASK, Kind.TASK_ANSWER):
        return _task(row, known.tasks.get(data.get("task_id", 0)))
    if row.kind == Kind.CONTACT_PROBLEM:
        return _problem(row, known.points.get(data.get("contact_point_id", 0)))
    if row.kind in (Kind.STEP_DONE, Kind.STEP_SKIPPED):
        return f"{'Fait' if row.kind == Kind.STEP_DONE else 'Écarté'} : {known.step(row.step)}", ""
    if row.kind == Kind.SUPPRESSED:
        reason = data.get("reason", "")
        return f"Envoi retenu : {SUPPRESSED_FR.get(reason, 'par prudence')}", ""
    if row.kind == Kind.REJECTED_DEBIT:
        code, cents = data.get("reason_code", ""), data.get("amount_cents")
        said = f" de {euros(cents)}" if cents else ""
        return f"Prélèvement rejeté{said}" + (f" ({code})" if code else ""), ""
    if row.kind in ROOMS:
        return ROOMS[row.kind](row)
    if row.kind == Kind.CORRECTION:
        return "Correction d’une ligne", ""
    return row.get_kind_display(), known.step(row.step) if row.step else ""


def _call_back(data: Mapping[str, Any]) -> str:
    if "call_back_on" not in data:
        return ""
    at = f" à {hour(time.fromisoformat(data['call_back_at']))}" if "call_back_at" in data else ""
    return f"Rappel promis le {date.fromisoformat(data['call_back_on']):%d/%m/%Y}{at}."


def _message(row: DiaryEntry, known: Known) -> tuple[str, str]:
    """Outside the procedure no step says what it was about: the title of what was written does."""
    state = french.inside(row.get_outcome_display()) if row.outcome else ""
    if row.outcome == Outcome.SENT and row.kind in _FEMININE:
        state += "e"
    label = known.step(row.step) if row.step else ""
    title = row.get_kind_display() + (f" : {label}" if label else "")
    detail = row.document.title if row.document and not label else ""
    return f"{title}, {state}" if state else title, detail


def _hold(row: DiaryEntry, hold: Hold | None) -> tuple[str, str]:
    label = hold.get_kind_display() if hold else Hold.Kind(row.data.get("hold", "pause")).label
    if row.kind == Kind.HOLD_END:
        return f"Fin de l’attente : {french.inside(label)}", ""
    reason = hold.reason if hold else ""
    if row.kind == Kind.DISPUTE:
        cents = row.data.get("disputed_cents")
        return f"Contestation de {euros(cents) if cents else 'toute la dette'}", reason
    until = row.data.get("ends_on")
    end = f" jusqu’au {date.fromisoformat(until):%d/%m/%Y}" if until else ""
    return f"{label}{end}", reason


def _promise(row: DiaryEntry) -> tuple[str, str]:
    promised = euros(row.data.get("amount_cents", 0))
    if row.kind == Kind.PROMISE:
        return f"Promesse de {promised} pour le {date.fromisoformat(row.data['due_on']):%d/%m/%Y}", ""
    if row.kind == Kind.PROMISE_CANCELLED:
        return f"Promesse de {promised} annulée", ""
    received = euros(row.data.get("received_cents", 0))
    if row.kind == Kind.PROMISE_KEPT:
        return f"Promesse tenue : {received} reçus", ""
    return f"Promesse non tenue : {received} reçus sur {promised}", ""


def _task(row: DiaryEntry, task: Task | None) -> tuple[str, str]:
    if row.kind == Kind.TASK_ANSWER:
        return "Réponse à une demande", f"« {task.answer} »" if task else ""
    who = f" à {task.assignee}" if task and task.assignee else ""
    return f"Demande{who}", f"« {task.text} »" if task else ""


def _problem(row: DiaryEntry, point: ContactPoint | None) -> tuple[str, str]:
    problem = ContactPoint.Problem(row.data.get("problem", "")).label
    value = point.value if point else ""
    said = phone_words(value) if point and point.kind == "phone" else value.replace("\n", ", ")
    return f"Problème de contact : {french.inside(str(problem))}", said


def money_lines(movements: Iterable[Movement]) -> list[Line]:
    """Payments received and taken back, as lines of the thread."""
    found = []
    for one in movements:
        if one.kind == EntryKind.ENCAISSEMENT and one.amount_cents < 0:
            title = f"Paiement reçu : {euros(-one.amount_cents)}" + (f", {one.text}" if one.text else "")
            found.append(Line(one.on, title, tone="kept", order=-one.entry_id))
        elif one.kind == EntryKind.REJET:
            code = f" ({one.reason_code})" if one.reason_code else ""
            title = f"Paiement rejeté{code} : {euros(one.amount_cents)}"
            found.append(Line(one.on, title, one.text, tone="risk", order=-one.entry_id))
    return found


def caf_line(constituted_on: date | None, rule: str | None) -> list[Line]:
    """The day the debt became an impayé for the CAF."""
    if constituted_on is None:
        return []
    return [Line(constituted_on, f"Impayé constitué ({rule})", tone="legal")]


def in_order(*groups: Iterable[Line]) -> list[Line]:
    """Newest first; on the same day the last written first."""
    lines = [line for group in groups for line in group]
    return sorted(lines, key=lambda one: (one.on, one.order), reverse=True)
