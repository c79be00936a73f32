"""THE TABLE: every kind of stage; who may do what in it, what stays hidden, what must be done to leave it.

Which stages a round has, in which order and with which lengths, is the scheme's business. What is not granted is closed.
From this table come the permissions of all doors, menus, the progress line and the page people can read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from award.kernel.actor import Action
from award.kernel.i18n import N_


class Who(StrEnum):
    """What somebody is to a thing or a round, as grants name it."""

    ASSIGNED_JUDGE = "assigned_judge"
    """Assigned, and nothing declared yet: knows the applicant's name only."""
    CLEARED_JUDGE = "cleared_judge"
    """Assigned, and has declared that no conflict exists."""
    COMMITTEE = "committee"
    OFFICE = "office"
    OWNER = "owner"
    """The responsible person: acts for the organisation that applies."""
    PANEL_LEADER = "panel_leader"
    PUBLIC = "public"
    READER = "reader"
    """Reads one application for the applicant."""
    RECOMMENDER = "recommender"
    SUPERVISOR = "supervisor"
    WRITER = "writer"
    """Writes in one application for the applicant, and hands nothing in."""


APPLICANTS = frozenset({Who.OWNER, Who.WRITER, Who.READER})
"""Whoever works on an application for the applicant."""


class Kind(StrEnum):
    """The kinds of stages, in the order of a usual round."""

    SETUP = "setup"
    APPLY = "apply"
    RECOMMEND = "recommend"
    ACCEPT = "accept"
    OPINIONS = "opinions"
    ASSIGN = "assign"
    SCORE = "score"
    CONSENSUS = "consensus"
    SITE = "site"
    INTERVIEW = "interview"
    DELIBERATE = "deliberate"
    NOTICE = "notice"
    APPROVE = "approve"
    PUBLISH = "publish"
    ARCHIVE = "archive"


INNER = frozenset({Kind.SETUP, Kind.ASSIGN, Kind.ARCHIVE})
"""Stages that are the office's own business and not shown to the public."""


class Facet(StrEnum):
    """What can be hidden."""

    FEEDBACK = "feedback"
    JUDGES = "judges"
    """Judges' names from everybody but the office and the supervisor."""
    RESULTS = "results"
    """Totals, averages and ranks of the round from everybody; the gate per application hides more."""


Grants = Mapping[Action, frozenset[Who]]


@dataclass(frozen=True)
class Stage:
    """One kind of stage. needs: names of the exit checks, in the order they are shown."""

    kind: Kind
    title: str
    public_title: str
    about: str
    grants: Grants
    hides: frozenset[Facet]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class StageNow:
    """A round's stage as an act meets it. opens_at None: not dated yet; closes_at None: open end.

    without: acts that the scheme of the round does not provide for in any stage. kinds: the stages the round has. titles: what
    its scheme calls them, which knows its own words; a kind that is not among them has the title of the table.
    """

    kind: Kind
    opens_at: datetime | None
    closes_at: datetime | None
    now: datetime
    zone: str
    without: frozenset[Action] = frozenset()
    kinds: frozenset[Kind] = frozenset(Kind)
    titles: Mapping[Kind, object] = field(default_factory=dict, compare=False)

    @property
    def has_opened(self) -> bool:
        """Whether its first moment has come."""
        return self.opens_at is not None and self.opens_at <= self.now

    @property
    def is_over(self) -> bool:
        """Whether its deadline has passed; the deadline itself is already too late."""
        return self.closes_at is not None and self.now >= self.closes_at


def _to(*who: Who) -> frozenset[Who]:
    return frozenset(who)


_ROUND: Grants = {
    Action.APPLICATION_LIST: _to(Who.OFFICE, Who.SUPERVISOR),
    Action.MESSAGE_READ: _to(Who.OFFICE, Who.SUPERVISOR),
    Action.MESSAGE_SEND: _to(Who.OFFICE),
    Action.ROUND_ADVANCE: _to(Who.OFFICE),
    Action.ROUND_READ: _to(Who.OFFICE, Who.SUPERVISOR),
    Action.STAGE_EXTEND: _to(Who.OFFICE),
    Action.TRAIL_READ: _to(Who.SUPERVISOR, Who.OFFICE),
}
_OWN: Grants = {Action.APPLICATION_READ: APPLICANTS, Action.APPLICATION_SHARE: _to(Who.OWNER)}
_READERS: Grants = {**_ROUND, **_OWN, Action.APPLICATION_READ: APPLICANTS | _to(Who.OFFICE, Who.SUPERVISOR)}
_JUDGES_READ: Grants = {
    **_READERS,
    Action.APPLICATION_READ: APPLICANTS | _to(Who.OFFICE, Who.SUPERVISOR, Who.CLEARED_JUDGE, Who.PANEL_LEADER),
}
_CONFLICT: Grants = {Action.CONFLICT_DECLARE: _to(Who.ASSIGNED_JUDGE, Who.CLEARED_JUDGE, Who.PANEL_LEADER)}
_DECLARE: Grants = {**_CONFLICT, Action.DECLARATION_SIGN: _to(Who.ASSIGNED_JUDGE)}
_WITHDRAW: Grants = {Action.APPLICATION_WITHDRAW: _to(Who.OWNER)}
"""As far as the scheme's last stage for it."""
_OWN_SHEET: Grants = {Action.SHEET_READ: _to(Who.CLEARED_JUDGE, Who.PANEL_LEADER)}
_SCORING: Grants = {
    **_OWN_SHEET,
    Action.FEEDBACK_READ: _to(Who.OFFICE),
    Action.FEEDBACK_WRITE: _to(Who.PANEL_LEADER),
    Action.SHEETS_READ: _to(Who.OFFICE, Who.CLEARED_JUDGE, Who.PANEL_LEADER),
}
"""Values open per application by its gate; to the supervisor only when scoring has ended, so that he is no leak either."""
_SCORED: Grants = {
    **_SCORING,
    Action.FEEDBACK_READ: _to(Who.OFFICE, Who.SUPERVISOR),
    Action.SHEETS_READ: _to(Who.OFFICE, Who.SUPERVISOR, Who.CLEARED_JUDGE, Who.PANEL_LEADER),
}
_RESULT: Grants = {Action.RESULT_READ: _to(Who.OFFICE, Who.SUPERVISOR)}
_OUTCOME: Grants = {Action.OUTCOME_RECORD: _to(Who.OFFICE)}
_BEFORE_JUDGES: Grants = {**_READERS, **_WITHDRAW, **_OUTCOME}
_WITH_JUDGES: Grants = {**_JUDGES_READ, **_SCORED, **_CONFLICT, **_WITHDRAW, **_OUTCOME}
_DECIDE: Grants = {Action.RESULT_PROPOSE: _to(Who.OFFICE), Action.RESULT_DECIDE: _to(Who.OFFICE)}
_CONSULT: Grants = {Action.RESULT_CONSULT: _to(Who.COMMITTEE)}
"""The proposed ranking as the committee has it before it; in the notice only where the scheme has no deliberation, and so is the
declaring of a conflict by its members."""
_WORK_ENDED: Grants = {
    **_READERS,
    **_SCORED,
    **_RESULT,
    Action.SHEETS_READ: _to(Who.OFFICE, Who.SUPERVISOR, Who.PANEL_LEADER),
}
"""Judges' work has ended, but for a leader's: the office may return a feedback report to him until it is released."""
_AFTERWARDS: Grants = {
    **_WORK_ENDED,
    Action.CERTIFICATE_ISSUE: _to(Who.OFFICE),
    Action.CERTIFICATE_REVOKE: _to(Who.OFFICE),
    Action.FEEDBACK_ACKNOWLEDGE: _to(Who.OWNER),
    Action.FEEDBACK_READ: APPLICANTS | _to(Who.OFFICE, Who.SUPERVISOR),
    Action.FEEDBACK_RELEASE: _to(Who.OFFICE),
}
_SECRET = frozenset({Facet.JUDGES, Facet.RESULTS, Facet.FEEDBACK})


def _stage(kind: Kind, title: str, public_title: str, about: str, grants: Grants, *needs: str, hides: frozenset[Facet] = _SECRET) -> Stage:
    return Stage(kind, title, public_title, about, grants, hides, needs)


TABLE: Mapping[Kind, Stage] = {
    stage.kind: stage
    for stage in (
        _stage(
            Kind.SETUP, N_("Preparation"), N_("In preparation"),
            N_("The office dates the stages and publishes the call."),
            {**_ROUND, Action.ROUND_EDIT: _to(Who.OFFICE)},
            "dates_complete", "call_published",
        ),
        _stage(
            Kind.APPLY, N_("Applications"), N_("Open for applications"),
            N_("Organisations write their self-assessment and submit it before the deadline."),
            {
                **_ROUND, **_OWN, **_WITHDRAW,
                Action.APPLICATION_EDIT: _to(Who.OWNER, Who.WRITER),
                Action.APPLICATION_ENTER: _to(Who.OFFICE),
                Action.APPLICATION_START: _to(Who.OWNER),
                Action.APPLICATION_SUBMIT: _to(Who.OWNER),
            },
            "deadline_passed", "applications_present",
        ),
        _stage(
            Kind.RECOMMEND, N_("Recommendation"), N_("Recommendation"),
            N_("Recommending authorities forward applications of their region."),
            _BEFORE_JUDGES, "outcomes_complete",
        ),
        _stage(
            Kind.ACCEPT, N_("Acceptance and eligibility check"), N_("Acceptance check"),
            N_("The office accepts each application, returns it once for correction, or refuses it with the article."),
            {
                **_READERS, **_WITHDRAW,
                Action.APPLICATION_ACCEPT: _to(Who.OFFICE),
                Action.APPLICATION_EDIT: _to(Who.OWNER, Who.WRITER),
                Action.APPLICATION_REFUSE: _to(Who.OFFICE),
                Action.APPLICATION_RETURN: _to(Who.OFFICE),
                Action.APPLICATION_SUBMIT: _to(Who.OWNER),
            },
            "applications_decided",
        ),
        _stage(
            Kind.OPINIONS, N_("Opinions of departments"), N_("Opinions of departments"),
            N_("Departments are asked for their opinion on each applicant."),
            _BEFORE_JUDGES, "outcomes_complete",
        ),
        _stage(
            Kind.ASSIGN, N_("Assignment"), N_("Assignment of judges"),
            N_("The office assigns judges to each application; judges declare whether a conflict exists."),
            {**_JUDGES_READ, **_WITHDRAW, **_DECLARE, Action.JUDGE_ASSIGN: _to(Who.OFFICE), Action.JUDGE_REPLACE: _to(Who.OFFICE)},
            "panels_complete",
        ),
        _stage(
            Kind.SCORE, N_("Independent desk review"), N_("Desk review"),
            N_("Each judge scores alone. Nobody sees another's values until all sheets of an application are in."),
            {
                **_JUDGES_READ, **_WITHDRAW, **_DECLARE, **_SCORING,
                Action.JUDGE_REPLACE: _to(Who.OFFICE),
                Action.SHEET_EDIT: _to(Who.CLEARED_JUDGE),
                Action.SHEET_RETURN: _to(Who.OFFICE, Who.PANEL_LEADER),
                Action.SHEET_SUBMIT: _to(Who.CLEARED_JUDGE),
            },
            "sheets_complete",
        ),
        _stage(
            Kind.CONSENSUS, N_("Consensus"), N_("Consensus review"),
            N_("Each panel agrees on one mark per item."), _WITH_JUDGES, "outcomes_complete",
        ),
        _stage(
            Kind.SITE, N_("Site visit"), N_("Site visits"),
            N_("Panels visit the applicants."), {**_WITH_JUDGES, **_RESULT}, "outcomes_complete",
        ),
        _stage(
            Kind.INTERVIEW, N_("Interview"), N_("Interviews"),
            N_("Applicants present themselves and answer questions."), {**_WITH_JUDGES, **_RESULT}, "outcomes_complete",
        ),
        _stage(
            Kind.DELIBERATE, N_("Deliberation"), N_("Deliberation"),
            N_("The committee deliberates and votes."),
            {
                **_JUDGES_READ, **_SCORED, **_RESULT, **_DECIDE, **_CONSULT, **_OUTCOME,
                Action.CONFLICT_DECLARE: _CONFLICT[Action.CONFLICT_DECLARE] | _to(Who.COMMITTEE),
            },
            "outcomes_complete", "decision_made",
        ),
        _stage(
            Kind.NOTICE, N_("Public notice"), N_("Public notice"),
            N_("The candidates are on public notice; anybody may object."),
            {
                **_WORK_ENDED, **_DECIDE, **_CONSULT,
                Action.CONFLICT_DECLARE: _to(Who.COMMITTEE),
                Action.NOTICE_PUBLISH: _to(Who.OFFICE),
                Action.OBJECTION_ANSWER: _to(Who.OFFICE),
                Action.OBJECTION_FILE: _to(Who.PUBLIC),
            },
            "decision_made", "notice_published", "notice_over", "objections_answered", "objections_settled",
        ),
        _stage(
            Kind.APPROVE, N_("Approval"), N_("Approval"),
            N_("The government approves; its document is recorded."),
            {**_WORK_ENDED, Action.APPROVAL_RECORD: _to(Who.OFFICE), Action.OBJECTION_ANSWER: _to(Who.OFFICE)},
            "approval_recorded",
        ),
        _stage(
            Kind.PUBLISH, N_("Publication"), N_("Results published"),
            N_("The result is published; certificates and feedback reports follow where the rules provide for them."),
            {
                **_AFTERWARDS,
                Action.APPROVAL_RECORD: _to(Who.OFFICE),
                Action.FEEDBACK_WAIVE: _to(Who.OFFICE),
                Action.RESULT_PUBLISH: _to(Who.OFFICE),
            },
            "result_published", "reports_released",
            hides=frozenset({Facet.JUDGES}),
        ),
        _stage(
            Kind.ARCHIVE, N_("Archive"), N_("Concluded"),
            N_("The round is concluded; its records are kept."),
            {
                **{action: who for action, who in _AFTERWARDS.items() if action != Action.FEEDBACK_WRITE},
                Action.SHEETS_READ: _to(Who.OFFICE, Who.SUPERVISOR),
            },
            hides=frozenset({Facet.JUDGES}),
        ),
    )
}  # fmt: skip

REPORTING = frozenset({
    Action.FEEDBACK_ACKNOWLEDGE, Action.FEEDBACK_READ, Action.FEEDBACK_RELEASE, Action.FEEDBACK_WAIVE, Action.FEEDBACK_WRITE,
})
"""Acts that an award without feedback reports does not know."""
CERTIFYING = frozenset({Action.CERTIFICATE_ISSUE, Action.CERTIFICATE_REVOKE})
"""Acts that an award without certificates does not know."""

DEADLINE_BOUND = frozenset({
    Action.APPLICATION_EDIT, Action.APPLICATION_ENTER, Action.APPLICATION_START, Action.APPLICATION_SUBMIT,
    Action.SHEET_EDIT, Action.SHEET_RETURN, Action.SHEET_SUBMIT,
})  # fmt: skip
"""Acts that a stage's opening and closing moments bind, by the clock at the act itself.

Objections are bound by the period of the published notice instead, which may run before or after the planned days.
"""


def stages_with(action: Action) -> tuple[Kind, ...]:
    """The kinds of stages that grant an action to anybody."""
    return tuple(kind for kind, stage in TABLE.items() if action in stage.grants)
