"""What the pages of the pool take."""

from dataclasses import dataclass

from award.kernel.web.forms import SubmittedForm
from award.panels.service.pool import Facts


@dataclass(frozen=True)
class NewJudge:
    """A judge as the office enters him."""

    name: str
    email: str
    facts: Facts


def new_judge(form: SubmittedForm) -> NewJudge:
    """Raises Invalid with every field that is missing or too long."""
    found = NewJudge(form.text("name", longest=80), form.text("email", longest=64), facts(form))
    form.check()
    return found


def facts(form: SubmittedForm) -> Facts:
    """Notes what is missing, too long or no day in the form; the caller checks it."""
    return Facts(
        form.text("institution", longest=120),
        form.text("title", required=False, longest=80),
        form.text("speciality", required=False, longest=80),
        form.text("region", required=False, longest=80),
        form.day("last_day"),
    )
