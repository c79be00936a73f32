"""Ids that can be shown."""

import re

from award.kernel import ids


def test_they_match_the_pattern_of_addresses() -> None:
    assert all(re.fullmatch(ids.PATTERN, ids.new_id()) for _ in range(1000))


def test_nothing_looks_alike() -> None:
    assert not set("01ilo") & set(ids.ALPHABET)
    assert len(set(ids.ALPHABET)) == len(ids.ALPHABET) == 31


def test_they_do_not_repeat_or_count() -> None:
    """31^12 is 59 bits: 10,000 ids meet with a chance of 1 in 10^10; and every place uses the whole alphabet."""
    made = [ids.new_id() for _ in range(10_000)]
    assert len(set(made)) == 10_000
    assert all({one[place] for one in made} == set(ids.ALPHABET) for place in range(12))
    assert sorted(made) != made


def test_check_codes_can_be_typed_from_paper() -> None:
    assert all(re.fullmatch("[2-9A-HJKMNP-Z]{12}", ids.new_check_code()) for _ in range(100))


def test_a_check_code_follows_from_key_and_text() -> None:
    """Uneven by less than 31^12 / 2^256; found by nobody who lacks one of the two."""
    made = [ids.check_code_of(str(number // 50), str(number % 50)) for number in range(1000)]
    assert made == [ids.check_code_of(str(number // 50), str(number % 50)) for number in range(1000)]
    assert len(set(made)) == 1000
    assert all(re.fullmatch("[2-9A-HJKMNP-Z]{12}", one) for one in made)
    assert all({one[place].lower() for one in made} == set(ids.ALPHABET) for place in range(12))


def test_tokens_have_256_bits() -> None:
    assert all(re.fullmatch("[A-Za-z0-9_-]{43}", ids.new_token()) for _ in range(100))


def test_a_tidy_code_is_short() -> None:
    assert ids.tidy_code("abcd-2345 wxyz") == "ABCD2345WXYZ"
    assert len(ids.tidy_code("x" * 10_000)) == 40
