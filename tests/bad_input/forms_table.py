"""Forms: a door, one cause, what is sent instead of what would be taken, and the words of the refusal.

A row is (cause, {field: what is sent}, words[, status]); status 422 where none is given. None leaves the field out.
"""

from dataclasses import dataclass, field

Changes = dict[str, str | None]
Row = tuple[str, Changes, str] | tuple[str, Changes, str, int]

FILL = "Fill this in."
DAY = "Enter a day as year-month-day"
CHOOSE = "Choose one of the options."
PERCENT = "Score must be one of 0, 5, 10, …, 100."
STEP = "is not one of the steps. Score must be one of 0, 5, 10, …, 100."
LONG = "At most"
STALE = "Somebody"
VERSION = "Enter a whole number from 0 to 1000000000."
NO_BUTTON = "This page has no such button."
CLOCK = "Enter a time like 18:00"


@dataclass(frozen=True)
class FormDoor:
    """Who knocks where in which stage of the judged round, and what would be taken. licence: a file goes with it."""

    who: str
    path: str
    base: Changes
    rows: tuple[Row, ...]
    stage: str = ""
    files: dict[str, str] = field(default_factory=dict)
    taken: int = 303


CLAIM = FormDoor(
    "nobody", "/apply/organisation",
    {"organisation_name": "云川新材料有限公司", "credit_code": "91340300MA00001C10", "authority": "{authority}"},
    (
        ("a credit code of 17 characters", {"credit_code": "91340300MA00001C1"}, "has 18 characters; this has 17"),
        ("a credit code of 19 characters", {"credit_code": "91340300MA00001C101"}, "has 18 characters; this has 19"),
        ("no credit code", {"credit_code": ""}, "Fill this in."),
        ("no field for the credit code at all", {"credit_code": None}, "Fill this in."),
        ("the letter O for a zero", {"credit_code": "9134O300MA00001C10"}, "are never used"),
        ("the letter I for a one", {"credit_code": "9I340300MA00001C10"}, "are never used"),
        ("a Chinese character in the code", {"credit_code": "91340300MA00001C1十"}, "are never used"),
        ("an emoji in the code", {"credit_code": "91340300MA00001C1😀"}, "are never used"),
        ("letters where the place stands", {"credit_code": "9134A300MA00001C10"}, "Characters 3 to 8"),
        ("a wrong check of the organisation code", {"credit_code": "91310115MA1H8R7C6D"}, "Characters 9 to 17"),
        ("a wrong last check character", {"credit_code": "91340300MA00001C11"}, "The last character does not fit"),
        ("two digits of the place swapped", {"credit_code": "91430300MA00001C10"}, "The last character does not fit"),
        ("the standard's own sample with its last digit off by one", {"credit_code": "91350100M000100Y44"}, "The last character"),
        ("Arabic-Indic digits in the code", {"credit_code": "٩١٣٤٠٣٠٠MA00001C10"}, "are never used"),
        ("a soft hyphen in the code", {"credit_code": "91340300MA0\u00ad0001C10"}, "has 18 characters; this has 19"),
        ("no name of the organisation", {"organisation_name": " "}, FILL),
        ("a name of zero-width spaces only", {"organisation_name": "\u200b\u200b"}, FILL),
        ("a name of direction marks only", {"organisation_name": "\u202e\u2066"}, FILL),
        ("a name of control characters only", {"organisation_name": "\x01\x02\x7f"}, "begins with a character that nobody sees"),
        ("a name of 121 characters", {"organisation_name": "云" * 121}, "Remove 1."),
        ("a name of 100000 characters", {"organisation_name": "云" * 100_000}, "Remove 99880."),
        ("no authority chosen", {"authority": ""}, "Choose whose award you want to apply for."),
        ("no field for the authority at all", {"authority": None}, "Choose whose award you want to apply for."),
        ("an authority that is none", {"authority": "zzzzzzzzzzzz"}, "Choose"),
        ("the inner number of an authority", {"authority": "1"}, "Choose"),
    ),
    files={"licence": "licence.pdf"},
)  # fmt: skip
TOKEN = FormDoor(
    "nobody", "/me/tokens",
    {"name": "报表", "scopes": "read:rounds", "ends_on": "2026-04-01", "token_password": "Yunchuan-2026"},
    (
        ("a token without a name", {"name": ""}, FILL),
        ("a token's name of 81 characters", {"name": "a" * 81}, LONG),
        ("a scope that does not exist", {"scopes": "read:everything"}, "Choose what the token may be used for"),
        ("no scope", {"scopes": None}, "Choose what the token may be used for"),
        ("a token that ended yesterday", {"ends_on": "2026-03-01"}, "Choose a last day from today"),
        ("a token for more than a year", {"ends_on": "2027-03-04"}, "to one year ahead"),
        ("a token until 30 February", {"ends_on": "2026-02-30"}, "Enter a day as year-month-day"),
        ("a token until a day that is no day", {"ends_on": "soon"}, "Enter a day as year-month-day"),
        ("a token until the year 9999", {"ends_on": "9999-12-31"}, "Enter a day as year-month-day"),
        ("a token under a wrong password", {"token_password": "Yunchuan-2025"}, "not your present password"),
        ("a token under an overlong password", {"token_password": "x" * 100_000}, "not your present password"),
    ),
    taken=200,
)  # fmt: skip
ME = FormDoor(
    "nobody", "/me", {"name": "无名", "phone": "0552-3001234", "language": "zh"},
    (
        ("one's own name left empty", {"name": ""}, FILL),
        ("NUL in one's own name", {"name": "李\x00敏"}, "After “李” stands a character that nobody sees"),
        ("one's own name overlong", {"name": "名" * 81}, LONG),
        ("a telephone number of 33 characters", {"phone": "1" * 33}, LONG),
        ("a formula as telephone number", {"phone": "=1+1'\"<>"}, "This is not a telephone number"),
        ("a language nobody speaks here", {"language": "tlh"}, CHOOSE),
        ("a language with a path in it", {"language": "../../etc"}, CHOOSE),
    ),
)  # fmt: skip
PASSWORD = FormDoor(
    "nobody", "/me/password", {"old_password": "Yunchuan-2026", "password": "Huaihe-Kiln-77", "password_again": "Huaihe-Kiln-77"},
    (
        ("a password of seven characters", {"password": "Ab3-xyz", "password_again": "Ab3-xyz"}, "Use "),
        ("a password of 10000 characters", {"password": "Ab3-" * 2500, "password_again": "Ab3-" * 2500}, "Use "),
        ("a password of small letters only", {"password": "abcdefghijklmnop", "password_again": "abcdefghijklmnop"}, "at least three of"),
        ("a password everybody tries", {"password": "Password-123", "password_again": "Password-123"}, "people try first"),
        ("two new passwords that differ", {"password_again": "Huaihe-Kiln-78"}, "passwords differ"),
        ("the password one has already", {"password": "Yunchuan-2026", "password_again": "Yunchuan-2026"}, "differs from the present one"),
        ("NUL in a password", {"password": "Huaihe-\x00Kiln-77", "password_again": "Huaihe-\x00Kiln-77"}, "Type it anew"),
        ("a wrong present password", {"old_password": "x"}, "not your present password"),
    ),
)  # fmt: skip
ADDRESS = FormDoor(
    "nobody", "/me/address", {"email": "new@example.cn", "address_password": "Yunchuan-2026"},
    (
        ("a mail address without @", {"email": "example.cn"}, "is not a mail address"),
        ("a mail address with a second header line", {"email": "a@example.cn\r\nBcc: b@example.cn"}, "is not a mail address"),
        ("two mail addresses", {"email": "a@example.cn,b@example.cn"}, "is not a mail address"),
        ("a mail address of 300 characters", {"email": "a" * 300 + "@example.cn"}, LONG),
        ("a mail address without a host", {"email": "a@"}, "is not a mail address"),
    ),
    taken=200,
)  # fmt: skip
REGISTER = FormDoor(
    "", "/register", {"name": "李敏", "email": "li.min@example.cn", "phone": ""},
    (
        ("somebody without a name registers", {"name": " "}, FILL),
        ("an address with spaces inside", {"email": "a b@example.cn"}, "is not a mail address"),
        ("an address with two @", {"email": "a@b@example.cn"}, "is not a mail address"),
        ("an address longer than a sign-in name", {"email": "a" * 60 + "@example.cn"}, "characters"),
        ("no address", {"email": ""}, FILL),
    ),
    taken=200,
)  # fmt: skip
AUTHORITY = FormDoor(
    "system_administrator", "/admin/authorities",
    {"name_zh": "远山市人民政府", "name_en": "Yuanshan", "zone": "Asia/Shanghai", "division_code": "340300", "contact": ""},
    (
        ("a time zone that does not exist", {"zone": "Asia/Bengbu"}, "There is no time zone"),
        ("a time zone that leaves its folder", {"zone": "../../etc/passwd"}, "There is no time zone"),
        ("a folder for a time zone", {"zone": "Asia"}, "There is no time zone"),
        ("an absolute path for a time zone", {"zone": "/etc/localtime"}, "There is no time zone"),
        ("an authority without an English name", {"name_en": ""}, FILL),
        ("a division code of seven digits", {"division_code": "3403000"}, LONG),
        ("a division code with letters", {"division_code": "34O300"}, "six digits"),
        ("a division code of five digits", {"division_code": "34030"}, "six digits"),
    ),
)  # fmt: skip
INVITATION = FormDoor(
    "security_administrator", "/admin/invitations",
    {"name": "周宁", "email": "zhou@example.cn", "role": "award_office", "place": "authority:{authority}", "language": "zh"},
    (
        ("an invitation into no role", {"role": ""}, CHOOSE),
        ("an invitation into a role administrators do not give", {"role": "judge"}, CHOOSE),
        ("an invitation into a role that does not exist", {"role": "emperor"}, CHOOSE),
        ("an invitation without an authority", {"place": ""}, "Choose"),
        ("an invitation to no address", {"email": "周宁"}, "is not a mail address"),
        ("an invitation in no language", {"language": "fr"}, CHOOSE),
    ),
    taken=200,
)  # fmt: skip
GRANT = FormDoor(
    "security_administrator", "/admin/people/{person_nobody}/grants",
    {"role": "supervisor", "place": "authority:{authority}", "until": ""},
    (
        ("a role until yesterday", {"until": "2026-03-01"}, "lies in the future"),
        ("a role until 31 April", {"until": "2026-04-31"}, "Enter a day and time"),
        ("a role until 25 o'clock", {"until": "2026-04-30T25:00"}, "Enter a day and time"),
        ("a role until a moment with a zone of its own", {"until": "2026-04-30T10:00+02:00"}, "Enter a day and time"),
        ("a role until a day in full-width digits", {"until": "２０２６-04-30"}, "Enter a day and time"),
        ("a role in another's place", {"place": "authority:zzzzzzzzzzzz"}, "Choose"),
        ("a business role from the administrators", {"role": "applicant"}, CHOOSE),
    ),
)  # fmt: skip
CLOSE_ACCOUNT = FormDoor(
    "security_administrator", "/admin/people/{person_nobody}/close", {"reason": "离职"},
    (
        ("an account with a button there is not", {"act": "delete"}, NO_BUTTON),
        ("an account closed without a reason", {"reason": "\u3000"}, FILL),
        ("an account closed with a reason of 501 characters", {"reason": "x" * 501}, LONG),
    ),
)  # fmt: skip
RESET_LINK = FormDoor(
    "security_administrator", "/admin/people/{person_nobody}/reset", {"identified_by": "身份证，电话回拨"},
    (
        ("a new password for somebody nobody identified", {"identified_by": ""}, "Say how you made sure"),
        ("an identification of four characters", {"identified_by": "见过本人"}, "Say how you made sure"),
    ),
    taken=200,
)  # fmt: skip
PEOPLE_DOORS = (
    CLAIM, TOKEN, ME, PASSWORD, ADDRESS, REGISTER, AUTHORITY, INVITATION, GRANT, CLOSE_ACCOUNT, RESET_LINK,
)  # fmt: skip
