"""The words of states: one dictionary, kind and code to English msgid and tag colour.

Source: domain.md 5.1. Colours: neutral not started or ended, info running, violet joint work, warn needs attention,
bad blocked, ok done.
"""

from collections.abc import Mapping

from award.kernel.i18n import N_

Word = tuple[str, str]

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
    "application": {
        "draft": (N_("Being written"), "info"),
        "submitted": (N_("Submitted"), "info"),
        "correction": (N_("To be corrected"), "warn"),
        "resubmitted": (N_("Corrected"), "info"),
        "accepted": (N_("Accepted"), "ok"),
        "rejected": (N_("Not accepted"), "bad"),
        "candidate": (N_("Proposed for an award"), "violet"),
        "publicised": (N_("On public notice"), "violet"),
        "awarded": (N_("Awarded"), "ok"),
        "not_awarded": (N_("Not awarded"), "neutral"),
        "withdrawn": (N_("Withdrawn"), "neutral"),
        "revoked": (N_("Revoked"), "bad"),
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
    },
    "decision": {
        "in_force": (N_("In force"), "ok"),
        "waiting": (N_("Waiting for the second person"), "violet"),
        "replaced": (N_("Replaced"), "neutral"),
        "dropped": (N_("Dropped"), "neutral"),
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
    "outcome": {
        "recorded": (N_("Waiting for the second person"), "warn"),
        "confirmed": (N_("Confirmed"), "ok"),
    },
}


def word_of(kind: str, code: str) -> Word:
    """English msgid and colour. Raises KeyError for a state the dictionary does not have."""
    return WORDS[kind][code]
