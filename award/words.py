"""The words of states and of acts: of states one dictionary, kind and code to English msgid and tag colour.

Source: domain.md 5.1. Colours: neutral not started or ended, info running, violet joint work, warn needs attention,
bad blocked, ok done.
"""

from collections.abc import Mapping

from award.kernel.actor import Action
from award.kernel.i18n import N_

Word = tuple[str, str]

_APPLICATION: Mapping[str, Word] = {
    "draft": (N_("Being written"), "info"),
    "submitted": (N_("Submitted"), "info"),
    "correction": (N_("To be corrected"), "warn"),
    "resubmitted": (N_("Corrected"), "info"),
    "accepted": (N_("Accepted"), "ok"),
    "left_out": (N_("Not in the next stage"), "neutral"),
    "rejected": (N_("Not accepted"), "bad"),
    "candidate": (N_("Proposed for an award"), "violet"),
    "publicised": (N_("On public notice"), "violet"),
    "awarded": (N_("Awarded"), "ok"),
    "not_awarded": (N_("Not awarded"), "neutral"),
    "withdrawn": (N_("Withdrawn"), "neutral"),
    "revoked": (N_("Revoked"), "bad"),
}

WORDS: Mapping[str, Mapping[str, Word]] = {
    "round": {
        "draft": (N_("Preparing"), "neutral"),
        "open": (N_("Open"), "info"),
        "closed": (N_("Closed"), "neutral"),
        "archived": (N_("Archived"), "neutral"),
        "cancelled": (N_("Cancelled"), "bad"),
    },
    "stage": {
        "not_started": (N_("Not started"), "neutral"),
        "running": (N_("Running"), "info"),
        "overdue": (N_("Overdue"), "warn"),
        "done": (N_("Finished"), "ok"),
    },
    "application": _APPLICATION,
    "recommendation": {
        **_APPLICATION,
        "candidate": (N_("Proposed for recommendation"), "violet"),
        "awarded": (N_("Chosen for recommendation"), "ok"),
        "not_awarded": (N_("Not chosen for recommendation"), "neutral"),
    },
    "item": {
        "not_started": (N_("Not started"), "neutral"),
        "in_progress": (N_("In progress"), "info"),
        "complete": (N_("Complete"), "ok"),
        "review": (N_("To be looked at again"), "warn"),
    },
    "evidence": {
        "uploaded": (N_("Uploaded"), "ok"),
        "unused": (N_("Not referenced"), "warn"),
    },
    "claim": {
        "pending": (N_("Waiting for the office"), "warn"),
        "confirmed": (N_("Confirmed"), "ok"),
        "refused": (N_("Not confirmed"), "bad"),
    },
    "sheet": {
        "unassigned": (N_("Not assigned"), "neutral"),
        "coi_pending": (N_("Declaration to be signed"), "warn"),
        "recused": (N_("Recused"), "neutral"),
        "not_started": (N_("Not started"), "neutral"),
        "in_progress": (N_("Being scored"), "info"),
        "submitted": (N_("Submitted"), "ok"),
        "returned": (N_("Returned for change"), "warn"),
        "superseded": (N_("Replaced"), "neutral"),
    },
    "certificate": {
        "wanted": (N_("To be made"), "neutral"),
        "issued": (N_("Issued"), "ok"),
        "revoked": (N_("Revoked"), "bad"),
        "expired": (N_("Expired"), "neutral"),
    },
    "feedback": {
        "drafting": (N_("Being drafted"), "info"),
        "waiting": (N_("Waiting for release"), "warn"),
        "released": (N_("Released"), "ok"),
        "acknowledged": (N_("Acknowledged"), "ok"),
        "waived": (N_("No report"), "neutral"),
    },
    "decision": {
        "in_force": (N_("In force"), "ok"),
        "waiting": (N_("Waiting for the second person"), "violet"),
        "replaced": (N_("Replaced"), "neutral"),
        "dropped": (N_("Dropped"), "neutral"),
        "set_aside": (N_("Set aside"), "neutral"),
    },
    "objection": {
        "filed": (N_("Filed"), "warn"),
        "examined": (N_("Waiting for the second person"), "violet"),
        "answered": (N_("Answered"), "ok"),
    },
    "message": {
        "wanted": (N_("Waiting to be sent"), "info"),
        "sent": (N_("Sent by mail"), "ok"),
        "failed": (N_("Not delivered"), "bad"),
    },
    "role": {
        "applicant": (N_("Applicant"), "neutral"),
        "award_office": (N_("Award office"), "neutral"),
        "committee_member": (N_("Committee member"), "neutral"),
        "judge": (N_("Judge"), "neutral"),
        "reader": (N_("Reader of an application"), "neutral"),
        "recommender": (N_("Recommending body"), "neutral"),
        "security_administrator": (N_("Security administrator"), "neutral"),
        "supervisor": (N_("Supervisor"), "neutral"),
        "system_administrator": (N_("System administrator"), "neutral"),
        "trail_administrator": (N_("Trail administrator"), "neutral"),
        "writer": (N_("Writer of an application"), "neutral"),
    },
    "acceptance": {
        "accept": (N_("Notice of acceptance"), "neutral"),
        "return": (N_("Notice of correction"), "neutral"),
        "refuse": (N_("Notice of refusal"), "neutral"),
    },
    "outcome": {
        "recorded": (N_("Waiting for the second person"), "warn"),
        "confirmed": (N_("Confirmed"), "ok"),
        "replaced": (N_("Replaced by a correction"), "neutral"),
        "refused": (N_("Correction refused"), "neutral"),
    },
    "import": {
        "looking": (N_("Being looked at"), "info"),
        "looked": (N_("Looked at, nothing imported"), "warn"),
        "writing": (N_("Being imported"), "info"),
        "done": (N_("Imported"), "ok"),
        "failed": (N_("Not imported"), "bad"),
    },
}


ACTIONS: Mapping[Action, str] = {
    Action.APPLICATION_ACCEPT: N_("Accept an application"),
    Action.APPLICATION_EDIT: N_("Write an application"),
    Action.APPLICATION_ENTER: N_("Enter applications that came on paper"),
    Action.APPLICATION_LIST: N_("List applications"),
    Action.APPLICATION_READ: N_("Read an application"),
    Action.APPLICATION_REFUSE: N_("Refuse an application with a second person"),
    Action.APPLICATION_RETURN: N_("Return an application for correction"),
    Action.APPLICATION_SHARE: N_("Invite people to an application and remove them"),
    Action.APPLICATION_START: N_("Begin an application"),
    Action.APPLICATION_SUBMIT: N_("Submit an application"),
    Action.APPLICATION_WITHDRAW: N_("Withdraw an application"),
    Action.APPROVAL_RECORD: N_("Record the approval with a second person"),
    Action.CERTIFICATE_ISSUE: N_("Issue certificates"),
    Action.CERTIFICATE_REVOKE: N_("Revoke a certificate"),
    Action.CONFLICT_DECLARE: N_("Declare a conflict of interest"),
    Action.DECLARATION_SIGN: N_("Sign that there is no conflict of interest"),
    Action.FEEDBACK_ACKNOWLEDGE: N_("Acknowledge the feedback report"),
    Action.FEEDBACK_READ: N_("Read the feedback report"),
    Action.FEEDBACK_RELEASE: N_("Release feedback reports"),
    Action.FEEDBACK_WAIVE: N_("Say that there is no feedback report"),
    Action.FEEDBACK_WRITE: N_("Write the feedback report"),
    Action.JUDGE_ASSIGN: N_("Assign judges"),
    Action.JUDGE_REPLACE: N_("Replace a judge"),
    Action.MESSAGE_READ: N_("Read the log of messages"),
    Action.MESSAGE_SEND: N_("Write to a group"),
    Action.NOTICE_PUBLISH: N_("Publish the public notice"),
    Action.OBJECTION_ANSWER: N_("Answer an objection"),
    Action.OBJECTION_FILE: N_("File an objection"),
    Action.OUTCOME_RECORD: N_("Record an outcome with a second person"),
    Action.RESULT_CONSULT: N_("Read the ranking that is proposed to the committee"),
    Action.RESULT_DECIDE: N_("Record the decision with a second person"),
    Action.RESULT_PROPOSE: N_("Work out the proposal"),
    Action.RESULT_PUBLISH: N_("Publish the result"),
    Action.RESULT_READ: N_("Read results and ranks"),
    Action.ROUND_ADVANCE: N_("Move the round on"),
    Action.ROUND_EDIT: N_("Change dates and publish the call"),
    Action.ROUND_READ: N_("See the round at a glance"),
    Action.SHEET_EDIT: N_("Score"),
    Action.SHEET_READ: N_("Read one's own score sheet"),
    Action.SHEET_RETURN: N_("Return a score sheet before all are in"),
    Action.SHEET_SUBMIT: N_("Submit a score sheet"),
    Action.SHEETS_READ: N_("Read all score sheets of an application once all are in"),
    Action.STAGE_EXTEND: N_("Decide on other dates; with a second person once anything has been handed in"),
    Action.TRAIL_READ: N_("Read the trail"),
}
"""What each act is called, on the page of permissions and where it is refused."""


def word_of(kind: str, code: str) -> Word:
    """English msgid and colour. Raises KeyError for a state the dictionary does not have."""
    return WORDS[kind][code]
