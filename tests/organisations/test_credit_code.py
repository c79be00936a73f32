"""Vectors of domain.md 4.3, each worked by hand there; the standard's own sample is the first."""

import pytest

from award.kernel.errors import Invalid
from award.organisations.credit_code import ALPHABET, check_credit_code, organisation_check

RIGHT = [
    "91350100M000100Y43",  # sum 1640, 1640 mod 31 = 28, 31 - 28 = 3
    "914403001922038216",  # sum 831, mod 31 = 25, 6
    "9144030071526726XG",  # sum 1782, mod 31 = 15, 16 is G
    "91330100799655058B",  # sum 1384, mod 31 = 20, 11 is B
    "91340300MA00001C10",  # sum mod 31 = 0: the check character is 0, where careless code reads past its table
]


@pytest.mark.parametrize("code", RIGHT)
def test_right(code: str) -> None:
    assert check_credit_code(code) == code


@pytest.mark.parametrize(
    "typed",
    ["91350100m000100y43", " 9135 0100 M000 100Y 43 ", "９１３５０１００Ｍ０００１００Ｙ４３", "91-350100-M000100Y4-3"],
)
def test_as_people_type_it(typed: str) -> None:
    assert check_credit_code(typed) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("", "Fill this in."),
        (" - ", "Fill this in."),
        ("91350100M000100Y4", "18 characters"),
        ("91350100M000100Y433", "18 characters"),
        ("9135O100M000100Y43", "letters I, O, S, V and Z"),
        ("91350100M000100Y4!", "letters I, O, S, V and Z"),
        ("9135A100M000100Y43", "Characters 3 to 8"),
        ("91310115MA1H8R7C6D", "Characters 9 to 17"),  # given as valid by a web page; its organisation check is 4
        ("91310115MA1H8R7C4D", "last character"),
        ("91350100M000100Y44", "last character"),
        ("91350101M000100Y43", "last character"),  # the place mistyped
        ("91340300MA00001C11", "last character"),
    ],
)
def test_wrong_says_which_part(code: str, part: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_credit_code(code)
    assert part in caught.value.errors[0].text
    assert caught.value.errors[0].field == "credit_code"


@pytest.mark.parametrize(
    ("first_eight", "check"),
    [
        ("MA1H8R7C", "4"),  # 22*3 + 10*7 + 1*9 + 17*10 + 8*5 + 27*8 + 7*4 + 12*2 = 623; 623 mod 11 = 7; 11 - 7 = 4
        ("M000100Y", "4"),  # 66 + 5 + 68 = 139 with Y = 34; 139 mod 11 = 7; 4
        ("71526726", "X"),  # 21 + 7 + 45 + 20 + 30 + 56 + 8 + 12 = 199; 199 mod 11 = 1; 10 is X
        ("00000000", "0"),  # 11 is 0
    ],
)
def test_organisation_codes_by_hand(first_eight: str, check: str) -> None:
    assert organisation_check(first_eight) == check


@pytest.mark.parametrize("code", RIGHT)
def test_every_single_slip_is_found(code: str) -> None:
    """A prime modulus with weights that are not 0 finds every change of one character."""
    for position, right in enumerate(code):
        for slip in set(ALPHABET) - {right}:
            with pytest.raises(Invalid):
                check_credit_code(code[:position] + slip + code[position + 1 :])
