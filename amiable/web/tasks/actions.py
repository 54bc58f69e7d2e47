"""What is done with a request: answered once, or withdrawn."""

from __future__ import annotations

from amiable.diary import services as diary
from amiable.diary.models import Task
from amiable.web.kit.action import Action, Doer
from amiable.web.kit.forms import ActionForm
from amiable.web.tasks.forms import AnswerForm


def _answer(task: Task, doer: Doer, form: AnswerForm) -> str:
    diary.answer_task(task=task, answer=form.cleaned_data["answer"], **doer.by)
    return "Réponse envoyée : elle est dans le fil du compte."


def _cancel(task: Task, doer: Doer, form: object) -> str:
    diary.cancel_task(task=task, **doer.by)
    return "Demande annulée."


#: No version: who answers is not shown the account, and a request has its own status.
ANSWER = Action("answer", "Répondre à une demande", "Répondre", "answer_tasks", _answer, AnswerForm)
CANCEL = Action("cancel", "Annuler une demande", "Annuler", "work_accounts", _cancel, ActionForm)
ACTIONS = (ANSWER, CANCEL)
