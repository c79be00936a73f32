"""What was written in a round, as lists: messages, papers, feedback reports."""

from collections.abc import Sequence

from award.accounts.queries import names_of
from award.judging.queries import reports_in, state_of_report
from award.kernel.actor import Action
from award.kernel.documents import batches
from award.kernel.documents.models import Document, DocumentState
from award.kernel.i18n import N_
from award.kernel.sheets.tables import Column, Kind, Value
from award.messages.pages import reminders
from award.messages.pages.letters import letter_of
from award.messages.queries.log import Filters, log_of
from award.messages.reasons import REASONS
from award.office.exports.asked import Answer, Asked, Export
from award.office.exports.in_round import EVERY, answer, page_of, round_of
from award.papers.kinds import KINDS
from award.papers.queries import Paper, latest_documents, papers_in
from award.papers.service import subject_of
from award.rounds.queries import standing_in
from award.stages import Who

MADE = {
    DocumentState.READY.value: N_("Made"), DocumentState.WANTED.value: N_("Being made"),
    DocumentState.FAILED.value: N_("Could not be made"), DocumentState.CANCELLED.value: N_("Not made"), "": N_("Not made"),
}  # fmt: skip
"""The words of a paper's state; "" where nobody has wanted it."""


def _messages(asked: Asked) -> Answer:
    """The log as its page has it: what was written, and to which address, is for the office only."""
    round_ = round_of(asked, Action.MESSAGE_READ)
    filters = Filters(asked.get("state"), asked.get("reason"), asked.get("q").strip())
    found = log_of(asked.session, asked.actor, round_, filters, page=1, size=EVERY)
    tells_all = Who.OFFICE in standing_in(asked.actor, round_).who
    columns = [
        Column(asked.say(N_("Receiver"))), Column(asked.say(N_("Message")), width=32), Column(asked.say(N_("Wanted")), Kind.MOMENT),
        Column(asked.say(N_("State"))), Column(asked.say(N_("Sent by mail")), Kind.MOMENT),
        Column(asked.say(N_("read in the inbox")), Kind.MOMENT),
    ]  # fmt: skip
    if tells_all:
        columns += [
            Column(asked.say(N_("Mail address")), width=28), Column(asked.say(N_("Subject")), width=40),
            Column(asked.say(N_("What the mail server said")), width=40),
        ]  # fmt: skip
    rows: list[Sequence[Value]] = []
    for one, name in found.rows:
        head = (
            name or asked.say(N_("without an account")), asked.say(REASONS[one.template]), one.created_at,
            asked.word("message", one.state), one.sent_at, one.read_at,
        )  # fmt: skip
        rows.append((*head, one.address, letter_of(one).subject, one.error) if tells_all else head)
    return answer(asked, round_, columns, rows, len({one.address for one, _ in found.rows}))


def _papers(asked: Asked) -> Answer:
    """Every paper the counts of the page are of: in Chinese, as they are made there."""
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("Paper")), width=24), Column(asked.say(N_("About")), width=32), Column(asked.say(N_("Number"))),
        Column(asked.say(N_("Judge"))), Column(asked.say(N_("State"))), Column(asked.say(N_("Made at")), Kind.MOMENT),
        Column(asked.say(N_("Number of pages")), Kind.WHOLE, 8), Column("SHA-256", width=66),
    )  # fmt: skip
    found: list[tuple[Paper, Document | None]] = []
    for key, kind in KINDS.items():
        papers = papers_in(asked.session, asked.actor, round_, key, asked.now)
        made = latest_documents(asked.session, kind, papers, "zh") if papers else {}
        found += [(one, made.get(one.subject)) for one in papers]
    names = names_of(asked.session, [one.person_id for one, _ in found if one.person_id])
    rows = [
        (
            asked.say(one.kind.title), one.name, one.application.number if one.application else None,
            names.get(one.person_id or 0, ""), asked.say(MADE[document.state if document else ""]),
            document.ready_at if document else None, document.pages if document else None,
            document.file.sha256 if document and document.file else "",
        )
        for one, document in found
    ]  # fmt: skip
    return answer(asked, round_, columns, rows, len(names))


def _batches(asked: Asked) -> Answer:
    """Every batch of the round, the latest first; its page shows the last few."""
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("Paper")), width=24), Column(asked.say(N_("Started")), Kind.MOMENT),
        Column(asked.say(N_("Papers")), Kind.WHOLE), Column(asked.say(N_("Made")), Kind.WHOLE),
        Column(asked.say(N_("Being made")), Kind.WHOLE), Column(asked.say(N_("Could not be made")), Kind.WHOLE),
        Column(asked.say(N_("Stopped")), Kind.MOMENT),
    )  # fmt: skip
    found = batches.batches_about(asked.session, subject_of(round_), EVERY)
    made = batches.progress_of(asked.session, found)
    rows = [
        (asked.say(KINDS[one.kind].title), one.started_at, (now := made[one.id]).total, now.ready, now.open, now.failed, one.cancelled_at)
        for one in found
    ]
    return answer(asked, round_, columns, rows)


def _feedback(asked: Asked) -> Answer:
    round_ = round_of(asked)
    columns = (
        Column(asked.say(N_("Applicant")), width=32), Column(asked.say(N_("Number"))), Column(asked.say(N_("Panel leader"))),
        Column(asked.say(N_("State"))), Column(asked.say(N_("Handed in")), Kind.MOMENT), Column(asked.say(N_("Released")), Kind.MOMENT),
        Column(asked.say(N_("Why there is no report")), width=40),
    )  # fmt: skip
    found = reports_in(asked.session, asked.actor, round_)
    rows = [
        (
            application.entrant, application.number, leader,
            asked.word(*state_of_report(application, report)),
            report.handed_in_at if report else None, report.released_at if report else None, application.feedback_waiver,
        )
        for application, report, leader in found
    ]  # fmt: skip
    return answer(asked, round_, columns, rows, len({leader for _, _, leader in found if leader}))


def _reminders(asked: Asked) -> Answer:
    """One line for every deadline of a kind; a kind that has none now has one too."""
    round_ = round_of(asked, Action.MESSAGE_READ)
    columns = (
        Column(asked.say(N_("Reminder")), width=28), Column(asked.say(N_("Days before")), Kind.WHOLE),
        Column(asked.say(N_("Deadline")), Kind.MOMENT), Column(asked.say(N_("Is sent on")), Kind.MOMENT),
        Column(asked.say(N_("Open now")), Kind.WHOLE), Column(asked.say(N_("Sent")), Kind.WHOLE), Column(asked.say(N_("Switched on"))),
    )  # fmt: skip
    rows: list[Sequence[Value]] = []
    for one in reminders.lines_of(asked.session, round_, asked.now):
        head, is_on = (asked.say(one.title), int(one.days)), asked.say(N_("on")) if one.is_on else asked.say(N_("off"))
        tail = (one.open, one.sent, is_on)
        rows += [(*head, due_at, at if one.is_on else None, *tail) for due_at, at in one.dates] or [(*head, None, None, *tail)]
    return answer(asked, round_, columns, rows)


EXPORTS = (
    Export("reminders", N_("Reminders"), ("round",), page_of("/reminders"), _reminders),
    Export("messages", N_("Messages sent"), ("round", "state", "reason", "q"), page_of("/messages"), _messages),
    Export("papers", N_("Papers"), ("round",), page_of("/papers"), _papers),
    Export("batches", N_("Batches"), ("round",), page_of("/papers"), _batches),
    Export("feedback", N_("Feedback reports"), ("round",), page_of("/feedback"), _feedback),
)
