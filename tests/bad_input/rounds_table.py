"""Forms of the office about rounds, dates, holidays, judges and results; rows as in forms_table."""

from tests.bad_input.forms_table import CHOOSE, CLOCK, DAY, FILL, LONG, STALE, VERSION, FormDoor

NEW_ROUND = FormDoor(
    "office", "/office/rounds/new",
    {"award": "new", "authority": "{authority}", "name_zh": "云川市县长质量奖", "name_en": "County", "scheme": "yunchuan-mayor",
     "number": "7", "year": "2026"},
    (
        ("round number zero", {"number": "0"}, "Enter a whole number from 1 to 99."),
        ("round number one hundred", {"number": "100"}, "Enter a whole number from 1 to 99."),
        ("a negative round number", {"number": "-1"}, "Enter a whole number"),
        ("a round number with a decimal", {"number": "7.0"}, "Enter a whole number"),
        ("a round number in scientific notation", {"number": "1e1"}, "Enter a whole number"),
        ("a round number of four thousand digits", {"number": "7" * 4000}, "Enter a whole number"),
        ("a round number in Chinese numerals", {"number": "七"}, "Enter a whole number"),
        ("a round number in Thai digits", {"number": "๗"}, "Enter a whole number"),
        ("a superscript round number", {"number": "7²"}, "Enter a whole number"),
        ("a round number with a thousands separator", {"number": "0,7"}, "Enter a whole number"),
        ("a round number with an underscore", {"number": "0_7"}, "Enter a whole number"),
        ("a hexadecimal round number", {"number": "0x7"}, "Enter a whole number"),
        ("NaN for a round number", {"number": "NaN"}, "Enter a whole number"),
        ("infinity for a year", {"year": "Infinity"}, "Enter a whole number from 2000 to 2100."),
        ("a year before the system", {"year": "1999"}, "Enter a whole number from 2000 to 2100."),
        ("a year after the system", {"year": "2101"}, "Enter a whole number from 2000 to 2100."),
        ("a scheme that does not exist", {"scheme": "atlantis"}, CHOOSE),
        ("a scheme that leaves its folder", {"scheme": "../criteria/yunchuan"}, CHOOSE),
        ("an award of another authority", {"award": "zzzzzzzzzzzz"}, CHOOSE),
        ("a new award without a Chinese name", {"name_zh": ""}, FILL),
        ("a new award with an overlong name", {"name_zh": "奖" * 81}, LONG),
        ("a new award of a strange authority", {"authority": "zzzzzzzzzzzz"}, CHOOSE),
    ),
)  # fmt: skip
CALENDAR = FormDoor(
    "office", "/office/rounds/{round_setup}/calendar",
    {"version": "1", "setup.opens_at": "2026-03-02", "setup.closes_at": "2026-03-20", "apply.opens_at": "2026-03-21",
     "apply.closes_at": "2026-04-20"},
    (
        ("30 February", {"apply.opens_at": "2026-02-30"}, DAY),
        ("29 February of a common year", {"apply.closes_at": "2027-02-29"}, DAY),
        ("month 13", {"apply.opens_at": "2026-13-01"}, DAY),
        ("day 0", {"apply.opens_at": "2026-04-00"}, DAY),
        ("a day with slashes", {"apply.opens_at": "2026/03/21"}, DAY),
        ("a day the American way", {"apply.opens_at": "03-21-2026"}, DAY),
        ("a day without leading zeros", {"apply.opens_at": "2026-3-21"}, DAY),
        ("a day in Chinese", {"apply.opens_at": "2026年3月21日"}, DAY),
        ("a day in full-width digits", {"apply.opens_at": "２０２６-０３-２１"}, DAY),
        ("a day of the year 0000", {"apply.opens_at": "0000-01-01"}, DAY),
        ("a day of the year 1582", {"apply.opens_at": "1582-10-10"}, DAY),
        ("a day of the year 10000", {"apply.opens_at": "10000-01-01"}, DAY),
        ("a week instead of a day", {"apply.opens_at": "2026-W12-6"}, DAY),
        ("the number of seconds since 1970", {"apply.opens_at": "1774051200"}, DAY),
        ("a day with a moment behind it", {"apply.opens_at": "2026-03-21T00:00:00Z"}, DAY),
        ("a time of 25:00", {"apply.opens_at.time": "25:00"}, CLOCK),
        ("a time of 24:01", {"apply.closes_at.time": "24:01"}, CLOCK),
        ("a time with a minute 60", {"apply.closes_at.time": "17:60"}, CLOCK),
        ("a time with p.m.", {"apply.closes_at.time": "5 pm"}, CLOCK),
        ("a time with seconds", {"apply.closes_at.time": "17:30:15"}, CLOCK),
        ("a negative time", {"apply.closes_at.time": "-1:00"}, CLOCK),
        ("an end before its beginning", {"apply.closes_at": "2026-03-20"}, "This ends before it begins"),
        ("an end at its beginning", {"apply.closes_at": "2026-03-21", "apply.closes_at.time": "00:00"}, "ends before it begins"),
        ("an end without a beginning", {"apply.opens_at": ""}, "Say when this begins as well"),
        ("stages out of order", {"apply.opens_at": "2026-03-10"}, "This begins before"),
        ("a first day that has passed", {"setup.opens_at": "2026-02-01", "apply.opens_at": "2026-02-20"}, "has passed"),
        ("no version of the round", {"version": None}, VERSION),
        ("a version that is a word", {"version": "latest"}, VERSION),
        ("a negative version", {"version": "-1"}, VERSION),
        ("a stale version of the round", {"version": "0"}, STALE, 412),
        ("a version of the future", {"version": "2"}, STALE, 412),
    ),
)  # fmt: skip
CONTACT = FormDoor(
    "office", "/office/rounds/{round_setup}/contact", {"contact": "林晓 0552-3001234"},
    (
        ("no contact", {"contact": "\n"}, FILL),
        ("a contact of 201 characters", {"contact": "x" * 201}, "Remove 1."),
    ),
)  # fmt: skip
EXTENSION = FormDoor(
    "office", "/office/rounds/{round_id}/extension", {"closes_at": "2026-05-01", "closes_at.time": "18:00", "reason": "台风"},
    (
        ("an extension to an earlier end", {"closes_at": "2026-03-20"}, "The new end must be later than"),
        ("an extension to the same end", {"closes_at": "2026-04-01", "closes_at.time": "09:00"}, "The new end must be later than"),
        ("an extension without a reason", {"reason": ""}, "Give the reason"),
        ("an extension with a reason of 1001 characters", {"reason": "因" * 1001}, LONG),
        ("an extension to no day", {"closes_at": ""}, DAY),
        ("an extension to a half-typed day", {"closes_at": "2026-05-"}, DAY),
        ("an extension to a time with a dot", {"closes_at.time": "18.00"}, CLOCK),
        ("a button that is none", {"act": "publish"}, "no such button"),
    ),
    stage="score", taken=200,
)  # fmt: skip
REPLAN = FormDoor(
    "office", "/office/rounds/{round_apply}/stages/archive/dates",
    {"opens_at": "2026-12-05", "closes_at": "2027-01-10", "reason": "会议改期"},
    (
        ("other dates of a later stage without a reason", {"reason": " "}, "Give the reason"),
        ("other dates that end before they begin", {"closes_at": "2026-05-03"}, "ends before it begins"),
        ("other dates without an end", {"closes_at": ""}, FILL),
    ),
    taken=200,
)  # fmt: skip
HOLIDAY = FormDoor(
    "office", "/office/calendar/2026/day", {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"},
    (
        ("a holiday without a name", {"name": ""}, FILL),
        ("a holiday with an overlong name", {"name": "节" * 81}, LONG),
        ("a kind of day that is none", {"kind": "half"}, CHOOSE),
        ("a holiday on 31 June", {"day": "2026-06-31"}, DAY),
        ("a holiday on no day", {"day": None}, DAY),
    ),
)  # fmt: skip
ANNOUNCED = FormDoor(
    "office", "/office/calendar/2026/announced", {"source": "国办发明电〔2025〕7号"},
    (
        ("holidays announced by nothing", {"source": ""}, FILL),
        ("holidays announced by a text of 201 characters", {"source": "号" * 201}, LONG),
    ),
)  # fmt: skip
JUDGE = FormDoor(
    "office", "/office/judges",
    {"authority": "{authority}", "name": "沈括", "email": "shen@example.cn", "institution": "云川大学", "last_day": "2028-12-31"},
    (
        ("a judge without a name", {"name": ""}, FILL),
        ("a judge without an institution", {"institution": ""}, FILL),
        ("a judge with an address that is none", {"email": "shen"}, "is not a mail address"),
        ("a judge with an address of 65 characters", {"email": "s" * 55 + "@exampl.cn"}, LONG),
        ("a judge with a speciality of 81 characters", {"speciality": "管" * 81}, LONG),
        ("a judge appointed until a day that has passed", {"last_day": "2026-03-01"}, "day"),
        ("a judge appointed until 29 February 2027", {"last_day": "2027-02-29"}, DAY),
        ("a judge appointed until the year 2200", {"last_day": "2200-01-01"}, DAY),
    ),
)  # fmt: skip
ADVANCE = FormDoor(
    "office", "/office/rounds/{round_setup}/advance", {"version": "1"},
    (
        ("a round moved on with a stale version", {"version": "0"}, STALE, 412),
        ("a round moved on without a version", {"version": None}, VERSION),
        ("a round moved on with a version of twenty digits", {"version": "9" * 20}, VERSION),
    ),
    taken=409,
)  # fmt: skip
NOTICE = FormDoor(
    "office", "/office/rounds/{round_id}/notice", {"document_number": "云质评〔2026〕4号", "first_day": "2026-03-03", "contact": "电话"},
    (
        ("a notice without a number", {"document_number": ""}, FILL),
        ("a notice with a number of 41 characters", {"document_number": "号" * 41}, LONG),
        ("a notice without a contact", {"contact": ""}, FILL),
        ("a notice from a day that is none", {"first_day": "tomorrow"}, DAY),
        ("a notice from 32 March", {"first_day": "2026-03-32"}, DAY),
    ),
    stage="notice",
)  # fmt: skip
APPROVAL = FormDoor(
    "office", "/office/rounds/{round_id}/results/approval",
    {"approved_by": "市政府", "document_number": "云政发〔2026〕27号", "approved_on": "2026-03-02"},
    (
        ("an approval by nobody", {"approved_by": ""}, FILL),
        ("an approval without a number", {"document_number": " \t "}, FILL),
        ("an approval by a body with an overlong name", {"approved_by": "府" * 121}, LONG),
        ("an approval on 0 March", {"approved_on": "2026-03-00"}, DAY),
    ),
    stage="approve", taken=409,
)  # fmt: skip
"""This world has published on its approval, which stays as it is."""
CERTIFICATES = FormDoor(
    "office", "/office/rounds/{round_id}/certificates", {"issued_on": "2026-03-02"},
    (
        ("certificates dated tomorrow", {"issued_on": "2026-03-03"}, "cannot be dated in the future"),
        ("certificates dated before the approval", {"issued_on": "2026-03-01"}, "cannot be dated before the approval"),
        ("certificates dated on no day", {"issued_on": ""}, DAY),
        ("certificates dated on 31 November", {"issued_on": "2026-11-31"}, DAY),
    ),
    stage="publish",
)  # fmt: skip
REVOCATION = FormDoor(
    "second", "/office/rounds/{round_id}/certificates/{certificate_id}/revoke", {"reason": "重大质量事故"},
    (
        ("a certificate revoked without a reason", {"reason": ""}, "reason"),
        ("a certificate revoked with a reason of 1001 characters", {"reason": "x" * 1001}, LONG),
    ),
    stage="publish",
)  # fmt: skip
EXPORT = FormDoor(
    "office", "/office/export/workdays?year=2026", {"format": "csv", "reason": ""},
    (
        ("a list in a format that does not exist", {"format": "exe"}, CHOOSE),
        ("a list in no format", {"format": None}, CHOOSE),
        ("a list for a reason of 501 characters", {"reason": "x" * 501}, LONG),
    ),
    taken=200,
)  # fmt: skip
ROUND_DOORS = (
    NEW_ROUND, CALENDAR, CONTACT, EXTENSION, REPLAN, HOLIDAY, ANNOUNCED, JUDGE, ADVANCE, NOTICE, APPROVAL, CERTIFICATES,
    REVOCATION, EXPORT,
)  # fmt: skip
