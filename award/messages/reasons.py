"""Why a message was written, in words: every folder of templates/mail, for the log and the inbox."""

from collections.abc import Mapping

from award.kernel.i18n import N_
from award.messages.reminders import REMINDERS

REASONS: Mapping[str, str] = {
    "address_changed": N_("Mail address changed"),
    "address_confirm": N_("Mail address to be confirmed"),
    "application_accepted": N_("Application accepted"),
    "application_entered": N_("Application on paper entered"),
    "application_refused": N_("Application not accepted"),
    "application_returned": N_("Application returned for correction"),
    "application_submitted": N_("Application received"),
    "application_withdrawn": N_("Application withdrawn"),
    "applications_extended": N_("Applications close later"),
    "claim_confirmed": N_("Claim confirmed"),
    "claim_refused": N_("Claim not confirmed"),
    "feedback_after_all": N_("Feedback report after all"),
    "feedback_released": N_("Feedback report released"),
    "feedback_returned": N_("Feedback report returned"),
    "feedback_waived": N_("No feedback report"),
    "invitation": N_("Invitation"),
    "judge_added": N_("Taken into the pool of judges"),
    "judge_assigned": N_("Applications to review"),
    "judge_invited": N_("Invitation to judge"),
    "judge_substitute": N_("Substitute on a panel"),
    "mailing": N_("Bulk mail of the office"),
    "member_recused": N_("Member of the committee recused"),
    "notice_corrected": N_("Public notice corrected"),
    "notice_published": N_("Public notice published"),
    "registered": N_("Account registered"),
    "registered_already": N_("Account registered already"),
    "report_after_all": N_("Feedback report to be written after all"),
    "report_wanted": N_("Feedback report to be written"),
    "reset": N_("New password asked for"),
    "reset_by_office": N_("New password by the office"),
    "result_published": N_("Result published"),
    "second_person": N_("A step waits for a second person"),
    "second_person_declined": N_("A step was declined by the second person"),
    "sheet_returned": N_("Score sheet returned"),
    "trial": N_("Trial message"),
    **{one.template: one.title for one in REMINDERS.values()},
}
