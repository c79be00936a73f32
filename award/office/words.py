"""Acts, people and events of the stage table and the trail in words."""

from collections.abc import Mapping

from award.kernel.actor import Action
from award.kernel.i18n import N_
from award.stages import Who

PEOPLE: Mapping[Who, str] = {
    Who.ASSIGNED_JUDGE: N_("judge before the declaration"),
    Who.CLEARED_JUDGE: N_("judge after the declaration"),
    Who.COMMITTEE: N_("committee member"),
    Who.OFFICE: N_("award office"),
    Who.OWNER: N_("the applicant's responsible person"),
    Who.PANEL_LEADER: N_("team leader"),
    Who.PUBLIC: N_("anybody"),
    Who.READER: N_("a reader of the applicant"),
    Who.RECOMMENDER: N_("recommending authority"),
    Who.SUPERVISOR: N_("supervisor"),
    Who.WRITER: N_("a writer of the applicant"),
}

ACTIONS: Mapping[Action, str] = {
    Action.APPLICATION_ACCEPT: N_("Accept an application"),
    Action.APPLICATION_EDIT: N_("Write an application"),
    Action.APPLICATION_ENTER: N_("Enter applications that came on paper"),
    Action.APPLICATION_LIST: N_("List applications"),
    Action.APPLICATION_READ: N_("Read an application"),
    Action.APPLICATION_REFUSE: N_("Refuse an application, with a second person"),
    Action.APPLICATION_RETURN: N_("Return an application for correction"),
    Action.APPLICATION_SHARE: N_("Invite people to an application and remove them"),
    Action.APPLICATION_START: N_("Begin an application"),
    Action.APPLICATION_SUBMIT: N_("Submit an application"),
    Action.APPLICATION_WITHDRAW: N_("Withdraw an application, until the scheme's stage"),
    Action.APPROVAL_RECORD: N_("Record the approval"),
    Action.CERTIFICATE_ISSUE: N_("Issue certificates"),
    Action.CERTIFICATE_REVOKE: N_("Revoke a certificate"),
    Action.CONFLICT_DECLARE: N_("Declare a conflict of interest"),
    Action.DECLARATION_SIGN: N_("Sign that there is no conflict of interest"),
    Action.FEEDBACK_ACKNOWLEDGE: N_("Acknowledge the feedback report"),
    Action.FEEDBACK_READ: N_("Read the feedback report"),
    Action.FEEDBACK_RELEASE: N_("Release feedback reports"),
    Action.FEEDBACK_WRITE: N_("Write the feedback report"),
    Action.JUDGE_ASSIGN: N_("Assign judges"),
    Action.JUDGE_REPLACE: N_("Replace a judge"),
    Action.MESSAGE_READ: N_("Read the log of messages"),
    Action.MESSAGE_SEND: N_("Write to a group"),
    Action.NOTICE_PUBLISH: N_("Publish the public notice"),
    Action.OBJECTION_ANSWER: N_("Answer an objection"),
    Action.OBJECTION_FILE: N_("File an objection"),
    Action.OUTCOME_RECORD: N_("Record an outcome, with a second person"),
    Action.RESULT_DECIDE: N_("Record the decision"),
    Action.RESULT_PROPOSE: N_("Work out the proposal"),
    Action.RESULT_PUBLISH: N_("Publish the result"),
    Action.RESULT_READ: N_("Read results and ranks"),
    Action.ROUND_ADVANCE: N_("Move the round on"),
    Action.ROUND_EDIT: N_("Change dates and publish the call"),
    Action.ROUND_READ: N_("See the round at a glance"),
    Action.SHEET_EDIT: N_("Score"),
    Action.SHEET_READ: N_("Read one's own score sheet"),
    Action.SHEET_RETURN: N_("Return a score sheet, before all are in"),
    Action.SHEET_SUBMIT: N_("Submit a score sheet"),
    Action.SHEETS_READ: N_("Read all score sheets of an application, once all are in"),
    Action.STAGE_EXTEND: N_("Decide on a later end"),
    Action.TRAIL_READ: N_("Read the trail"),
}
