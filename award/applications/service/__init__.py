"""What can be done with an application. Each function is one whole act: check, change, record."""

from award.applications.service.accepting import (
    accept,
    confirm_refusal,
    propose_refusal,
    reject_refusal,
    return_for_correction,
)
from award.applications.service.evidence import add_evidence, remove_evidence, rename_evidence
from award.applications.service.sharing import (
    be_at_work,
    change_role,
    decide_claim,
    end_invitation,
    invite_to_application,
)
from award.applications.service.submitting import DECLARATIONS, UNCHANGED, is_unchanged, submit_application, withdraw
from award.applications.service.writing import (
    Draft,
    keep_rejected,
    save_answer,
    save_answers,
    save_profile,
    start_application,
)

__all__ = [
    "DECLARATIONS",
    "UNCHANGED",
    "Draft",
    "accept",
    "add_evidence",
    "be_at_work",
    "change_role",
    "confirm_refusal",
    "decide_claim",
    "end_invitation",
    "invite_to_application",
    "is_unchanged",
    "keep_rejected",
    "propose_refusal",
    "reject_refusal",
    "remove_evidence",
    "rename_evidence",
    "return_for_correction",
    "save_answer",
    "save_answers",
    "save_profile",
    "start_application",
    "submit_application",
    "withdraw",
]
