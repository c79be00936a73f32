"""What can be done in judging. Each function is one whole act: check, change, record."""

from award.judging.service.entries import Comment, Entry
from award.judging.service.feedback import (
    acknowledge,
    hand_in,
    merge_comments,
    release_report,
    remove_comment,
    return_report,
    save_report,
    start_report,
    take_comment,
)
from award.judging.service.returning import return_sheet
from award.judging.service.sheets import save_item, save_items, submit_sheet
from award.judging.service.waiving import (
    can_be_withdrawn,
    require_wanted,
    waive_report,
    why_not_waived,
    withdraw_waiver,
)

__all__ = [
    "Comment",
    "Entry",
    "acknowledge",
    "can_be_withdrawn",
    "hand_in",
    "merge_comments",
    "release_report",
    "remove_comment",
    "require_wanted",
    "return_report",
    "return_sheet",
    "save_item",
    "save_items",
    "save_report",
    "start_report",
    "submit_sheet",
    "take_comment",
    "waive_report",
    "why_not_waived",
    "withdraw_waiver",
]
