"""People of the stage table in words."""

from collections.abc import Mapping

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
