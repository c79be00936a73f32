"""What can be done with the pool and with panels. Each function is one whole act: check, change, record."""

from award.panels.service.changes import Wanted, confirm_change, drop_change, propose_change
from award.panels.service.conflicts import declare_conflict, record_conflict, sign_declaration
from award.panels.service.importing import apply_import
from award.panels.service.pool import add_by_hand, add_judge, change_judge, renew_judges, set_active
from award.panels.service.seats import assign, check_seat, name_leader, replace_judge, unassign

__all__ = [
    "Wanted",
    "add_by_hand",
    "add_judge",
    "apply_import",
    "assign",
    "change_judge",
    "check_seat",
    "confirm_change",
    "declare_conflict",
    "drop_change",
    "name_leader",
    "propose_change",
    "record_conflict",
    "renew_judges",
    "replace_judge",
    "set_active",
    "sign_declaration",
    "unassign",
]
