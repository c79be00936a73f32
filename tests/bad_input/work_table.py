"""Forms of applicants, judges, the office's acceptance and the public; rows as in forms_table."""

from tests.bad_input.forms_table import CHOOSE, DAY, FILL, LONG, NO_BUTTON, PERCENT, STEP, VERSION, FormDoor

CONDITIONS = ("registered", "excellence", "penalty", "reapply", "fraud", "notice", "lawful", "record")
START = FormDoor(
    "apply", "/apply/rounds/{round_apply}/organisation",
    {"organisation": "{organisation_apply}", "sector": "manufacturing"} | {f"c-{one}": "1" for one in CONDITIONS},
    (
        ("an application for an organisation of others", {"organisation": "{organisation_accept}"}, CHOOSE),
        ("an application for no organisation", {"organisation": None}, CHOOSE),
        ("an application in a sector that does not exist", {"sector": "mining"}, "Choose"),
        ("an application with a condition not confirmed", {"c-penalty": None}, "Confirm this condition"),
    ),
)  # fmt: skip
PART = FormDoor(
    "apply", "/apply/{application_apply}/items/4.1.2", {"version": "0", "text": "方法与结果见 E-1。", "is_done": "no", "act": "save"},
    (
        ("a text with a control character", {"text": "方法\x02与结果。"}, "After “方法” stands a character that nobody sees"),
        ("a part that may be complete", {"is_done": "maybe"}, CHOOSE),
        ("a part with a button there is not", {"act": "bogus"}, NO_BUTTON),
        ("a text from no version", {"version": None}, VERSION),
        ("a text from a version in words", {"version": "zero"}, VERSION),
        ("a text from a version that never was", {"version": "5"}, "Both versions are kept", 412),
        ("a text of a million characters", {"text": "长" * 100_000 + "短" * 100_001}, "cannot be read", 400),
    ),
)  # fmt: skip
FACTS = FormDoor(
    "apply", "/apply/{application_apply}/profile", {"version": "1", "staff": "860", "act": "save"},
    (
        ("facts with a button there is not", {"act": "next:1"}, NO_BUTTON),
        ("a fact with NUL", {"staff": "86\x000"}, "After “86” stands"),
        ("facts from a stale version", {"version": "9"}, "Both versions are kept", 412),
        ("facts without a version", {"version": ""}, VERSION),
        ("a fact of 20000 characters", {"honours": "誉" * 20_000}, "characters"),
    ),
)  # fmt: skip
SUBMIT = FormDoor(
    "apply", "/apply/{application_apply}/submit", {"true": "1", "clean": "1", "secrets": "1", "check": "1"},
    (
        ("an empty draft handed in", {}, ""),

    ),
    taken=422,
)  # fmt: skip
WITHDRAW = FormDoor(
    "accept", "/apply/{application_accept}/withdraw", {"reason": "改期申报"},
    (
        ("an application withdrawn without a reason", {"reason": ""}, FILL),
        ("an application withdrawn with a reason of 1001 characters", {"reason": "x" * 1001}, LONG),
    ),
)  # fmt: skip
SHARE = FormDoor(
    "apply", "/apply/{application_apply}/people", {"name": "王立", "email": "wang@example.cn", "role": "writer"},
    (
        ("a colleague as an owner", {"role": "owner"}, CHOOSE),
        ("a colleague as an officer", {"role": "award_office"}, CHOOSE),
        ("a colleague without a name", {"name": ""}, FILL),
        ("a colleague with an address that is none", {"email": "wang at example.cn"}, "is not a mail address"),
        ("a colleague with a line break in his address", {"email": "wang@example.cn\nx"}, "is not a mail address"),
    ),
    taken=200,
)  # fmt: skip
RETURN = FormDoor(
    "office", "/office/applications/{application_accept}/return", {"point-general": "请补充盖章页"},
    (
        ("an application returned with nothing to correct", {"point-general": " "}, "correct"),
        ("an application returned with an overlong point", {"point-general": "x" * 1001}, LONG),
        ("an application returned for a part it has not", {"point-general": None, "point-9.9.9": "改"}, "no such part"),
    ),
)  # fmt: skip
REFUSE = FormDoor(
    "office", "/office/applications/{application_accept}/refuse", {"article": "第十二条", "reason": "不满五年"},
    (
        ("an application refused without an article", {"article": ""}, FILL),
        ("an application refused without a reason", {"reason": ""}, "eason"),
        ("an application refused with an article of 201 characters", {"article": "条" * 201}, LONG),
    ),
)  # fmt: skip
MARK = FormDoor(
    "judge0", "/review/{open_seat}/items/4.1.2",
    {"version": "1", "percent": "65", "factor-approach": "50–65", "comments-0-id": "s4.1.2", "comments-0-kind": "strength",
     "comments-0-mark": "++", "comments-0-text": "方法系统有效。", "comments-0-refs": "E-1", "act": "save"},
    (
        ("7 percent", {"percent": "7"}, STEP),
        ("27 percent", {"percent": "27"}, STEP),
        ("101 percent", {"percent": "101"}, STEP),
        ("105 percent", {"percent": "105"}, STEP),
        ("10.0 percent", {"percent": "10.0"}, PERCENT),
        ("65,0 percent", {"percent": "65,0"}, PERCENT),
        ("65% with its sign twice", {"percent": "65%%"}, PERCENT),
        ("eighty in Chinese", {"percent": "八十"}, PERCENT),
        ("an empty percentage", {"percent": ""}, "Choose a percentage"),
        ("a percentage of spaces", {"percent": "   "}, "Choose a percentage"),
        ("minus five percent", {"percent": "-5"}, PERCENT),
        ("minus zero percent", {"percent": "-0"}, PERCENT),
        ("plus five percent", {"percent": "+5"}, PERCENT),
        ("NaN percent", {"percent": "NaN"}, PERCENT),
        ("infinite percent", {"percent": "inf"}, PERCENT),
        ("5e1 percent", {"percent": "5e1"}, PERCENT),
        ("0x32 percent", {"percent": "0x32"}, PERCENT),
        ("a percentage of 5000 digits", {"percent": "5" * 5000}, "is not"),
        ("a percentage in Roman numerals", {"percent": "Ⅴ"}, PERCENT),
        ("a percentage as a superscript", {"percent": "5⁰"}, PERCENT),
        ("a percentage as a circled digit", {"percent": "⑤"}, PERCENT),
        ("a percentage in Devanagari digits", {"percent": "६५"}, PERCENT),
        ("a percentage in words", {"percent": "true"}, PERCENT),
        ("a percentage as a fraction", {"percent": "½"}, PERCENT),
        ("a factor that does not exist", {"factor-beauty": "50–65"}, "factor"),
        ("a band that does not exist", {"factor-approach": "51–66"}, "judged by other factors"),
        ("a comment of a kind that does not exist", {"comments-0-kind": "praise"}, "omment"),
        ("a strength marked as an opportunity", {"comments-0-mark": "--"}, "omment"),
        ("a mark of three plusses", {"comments-0-mark": "+++"}, "omment"),
        ("two comments of the same key",
         {"comments-1-id": "s4.1.2", "comments-1-kind": "strength", "comments-1-mark": "+", "comments-1-text": "渠道齐全。"},
         "the same key"),
        ("evidence that does not exist", {"comments-0-refs": "p71, E-99"}, "no evidence with the code E-99"),
        ("a comment of 100000 characters", {"comments-0-text": "评" * 100_000}, "characters"),
        ("a mark with a button there is not", {"act": "submit"}, NO_BUTTON),
        ("a note that is NUL", {"note": "\x00"}, "begins with a character that nobody sees"),
        ("a note of 100000 characters", {"note": "记" * 100_000}, "characters"),
        ("a mark from a version that never was", {"version": "7"}, "Both versions are kept", 412),
        ("a mark without a version", {"version": None}, VERSION),
        ("a mark from version 1.0", {"version": "1.0"}, VERSION),
    ),
    stage="score",
)  # fmt: skip
RECUSE = FormDoor(
    "judge1", "/review/{second_seat}/recuse", {"reason": "曾任顾问"},
    (
        ("stepping back without a reason", {"reason": ""}, "conflict"),
        ("stepping back for a reason of 1001 characters", {"reason": "x" * 1001}, LONG),
    ),
    stage="score",
)  # fmt: skip
OBJECTION = FormDoor(
    "", "/notices/{notice_id}/objections", {"about": "", "text": "请核实。", "name": "钱立", "organisation": "", "contact": "139"},
    (
        ("an objection that says nothing", {"text": "\u200b"}, "Say"),
        ("an objection of 4001 characters", {"text": "异" * 4001}, "Remove 1."),
        ("an objection against nobody known", {"about": "zzzzzzzzzzzz"}, CHOOSE),
        ("an objection against an inner number", {"about": "1"}, CHOOSE),
        ("an objection without a contact", {"contact": ""}, "reach"),
        ("an objection without a name", {"name": ""}, "name"),
    ),
    stage="notice",
    taken=200,
)  # fmt: skip
ANSWERED = FormDoor(
    "", "/objections", {"receipt": "{receipt}", "code": "wrong"},
    (
        ("the state of an objection by a wrong code", {}, "receipt"),
        ("the state of an objection by an overlong receipt", {"receipt": "R" * 41}, LONG),
        ("the state of an objection by no code", {"code": ""}, FILL),
    ),
    stage="notice",
    taken=422,
)  # fmt: skip
PAPER_OBJECTION = FormDoor(
    "office", "/office/rounds/{round_id}/notice/objections/new",
    {"received_on": "2026-03-02", "about": "", "text": "书面异议", "name": "钱立", "organisation": "", "contact": "139"},
    (
        ("a paper objection received tomorrow", {"received_on": "2026-03-03"}, ""),
        ("a paper objection received on no day", {"received_on": "yesterday"}, DAY),
        ("a paper objection with a name of 81 characters", {"name": "钱" * 81}, LONG),
    ),
    stage="notice",
    taken=200,
    files={"file": "paper.pdf"},
)  # fmt: skip
WORK_DOORS = (
    START, PART, FACTS, SUBMIT, WITHDRAW, SHARE, RETURN, REFUSE, MARK, RECUSE, OBJECTION, ANSWERED, PAPER_OBJECTION,
)  # fmt: skip
