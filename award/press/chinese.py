"""How Chinese papers write dates, document numbers and punctuation."""

import re
from datetime import date

DIGITS = "〇一二三四五六七八九"
HAN = "㐀-鿿"
WIDE = f"{HAN}　-〿＀-￯“”‘’"
"""Characters after which a half-width sign is a slip of the keyboard."""

FULL_WIDTH = {",": "，", ";": "；", "?": "？", "!": "！", ":": "："}


def chinese_number(number: int) -> str:
    """1..99 in words as days and months are written: 十, 十一, 二十, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return head + (DIGITS[ones] if ones or not tens else "")


def chinese_date(day: date) -> str:
    """二〇二六年十一月二十一日: the year digit by digit, month and day in words."""
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


def document_number(code: str, year: int, number: int) -> str:
    """发文字号: the issuer's code, the year in six-angle brackets, the number without leading zeros.

    Source: GB/T 9704-2012, 7.2.5.
    """
    return f"{code}〔{year}〕{number}号"


def angle_years(text: str) -> str:
    """A year in any brackets, as the web writes it, gets the six-angle brackets of a document number."""
    return re.sub(r"[\[［(（【](\d{4})[\]］)）】](?=第?\s*\d+\s*号)", r"〔\1〕", text)


def way_of_contact(contact: str) -> str:
    """Closes a letter: whom to ask, after a comma under which number. Official text has no spaces, so both would run together."""
    parted = re.sub(rf"(?<=[{HAN}])(?<!电话)(?<!手机)(?<!传真)\s+(?=\d{{3,4}}-?\d{{7,8}})", "，", contact)
    return f"联系方式：{parted}。" if contact else ""


def zh(text: str) -> str:
    """Half-width punctuation that slipped into Chinese text made full-width; Latin text, figures and times stay.

    Works on plain text, before it is escaped.
    """
    text = re.sub(rf"(?<=[{WIDE}])\(([^()]*)\)|\(([^()]*[{HAN}][^()]*)\)", lambda m: f"（{m[1] or m[2] or ''}）", text)
    text = re.sub(rf'"([^"]*[{HAN}][^"]*)"', r"“\1”", text)
    for half, full in FULL_WIDTH.items():
        sign = re.escape(half)
        text = re.sub(rf"(?<=[{WIDE}]) *{sign}(?!//) *|(?<=[0-9A-Za-z%％]){sign} *(?=[{HAN}“《（])", full, text)
    text = re.sub(rf"(?<=[{WIDE}])\.(?=\s*$|[{HAN}“《（])", "。", text, flags=re.MULTILINE)
    return re.sub(rf"(?<=[{WIDE}])(?:\.{{3,6}}|…(?!…)(?<!……))", "……", text)


def official(text: str) -> str:
    """Text of an official paper: full-width punctuation, 〔〕, and no spaces between 汉字 and figures or Latin.

    Justified lines stretch exactly those spaces, which leaves holes.
    """
    text = angle_years(zh(text))
    return re.sub(rf"(?<=[{WIDE}])[ \u00a0]+(?=[0-9A-Za-z{WIDE}])|(?<=[0-9A-Za-z%])[ \u00a0]+(?=[{WIDE}])", "", text)
