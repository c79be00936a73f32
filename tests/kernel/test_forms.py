"""What a page takes from people: cleaned text, whole numbers, days and moments; every fault at once, nothing lost."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from award.kernel.errors import Invalid
from award.kernel.i18n import translate
from award.kernel.web.forms import SubmittedForm, clean_text

ZONE = "Asia/Shanghai"


def form(**fields: str) -> SubmittedForm:
    return SubmittedForm(FormData(list(fields.items())))


def said(given: SubmittedForm) -> list[str]:
    return [translate("en", one.text, one.params) for one in given.errors]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  云川 精密  ", "云川 精密"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("a\nb\tc\r\nd", "a b c d"),
        ("a\x00b\x07c\x7f\x9f", "abc"),
        ("page\u2028one", "page one"),
        ("fdp\u202egnp", "fdpgnp"),
        ("\u200b \ufeff", ""),
        ("e\u200b\u0301", "\u00e9"),
        ("a\ud800b\uffff\ufdd0", "ab"),
        # Rare characters of names: extension B, extension H (younger than Python's tables), private use.
        ("𠮷田 \U00031350 \ue000", "𠮷田 \U00031350 \ue000"),
        # Joiners that some scripts of the country need.
        ("a\u200d\u200c\u180e", "a\u200d\u200c\u180e"),
    ],
)
def test_text_is_cleaned(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_lines_are_kept_where_there_may_be_lines() -> None:
    assert clean_text(" a\r\nb\rc\vd\fe\x85f\u2029g\n\n\th ", lines=True) == "a\nb\nc\nd\ne\nf\ng\n\n\th"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(typed: str) -> None:
    for lines in (False, True):
        once = clean_text(typed, lines=lines)
        assert clean_text(once, lines=lines) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not [c for c in once if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]


def test_text_that_is_missing_or_too_long() -> None:
    given = form(name="  \u200b", title="超" * 12)
    assert (given.text("name"), given.text("other"), given.text("note", required=False)) == ("", "", "")
    assert given.text("title", longest=10) == "超" * 12
    assert said(given) == ["Fill this in.", "Fill this in.", "At most 10 characters; you have 12. Remove 2."]


def test_length_is_counted_in_characters_people_see_as_one() -> None:
    given = form(name="𠮷" * 10, accent="e\u0301" * 10)
    given.text("name", longest=10)
    given.text("accent", longest=10)
    assert given.errors == []


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("65", 65), (" 65 ", 65), ("６５", 65), ("100", 100), ("007", 7)])
def test_whole_numbers(typed: str, number: int) -> None:
    given = form(n=typed)
    assert given.number("n", 0, 100) == number
    assert given.errors == []


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "101", "7.5", "10.0", "八十", "١٢", "1_0", "+5", "0x10", "1e2", "6 5", "10²", "①", "½", "９" * 20, "NaN", "2" * 5000],
)
def test_what_is_no_whole_number(typed: str) -> None:
    given = form(n=typed)
    given.number("n", 0, 100)
    assert said(given) == ["Enter a whole number from 0 to 100."]


def test_versions_are_numbers() -> None:
    assert form(version="3").version() == 3
    with pytest.raises(Invalid):
        missing()


def missing() -> None:
    given = form()
    given.version()
    given.check()


def test_choices() -> None:
    given = form(award="gold", empty="")
    assert given.choice("award", ["gold", "silver"]) == "gold"
    assert given.choice("empty", ["gold"], required=False) == ""
    assert given.choice("award", ["silver"]) == ""
    assert given.choice("empty", ["gold"]) == ""
    assert said(given) == ["Choose one of the options."] * 2


def test_days() -> None:
    given = form(day="2026-08-28", empty="")
    assert given.day("day") == date(2026, 8, 28)
    assert given.day("empty", required=False) is None
    assert given.errors == []


NO_DAYS = ["", "2026-02-30", "28.8.2026", "20260828", "2026-W35-5", "2026-8-28", "9999-12-31", "0001-01-01", "２０２６-０８-２８", "soon"]


@pytest.mark.parametrize("typed", NO_DAYS)
def test_what_is_no_day(typed: str) -> None:
    given = form(day=typed)
    assert given.day("day") is None
    assert said(given) == ["Enter a day as year-month-day, for example 2026-08-28."]


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-08-28T18:00", datetime(2026, 8, 28, 10, tzinfo=UTC)),
        ("2026-08-28 18:00", datetime(2026, 8, 28, 10, tzinfo=UTC)),
        ("2026-08-28T18:00:30", datetime(2026, 8, 28, 10, 0, 30, tzinfo=UTC)),
        # A day alone means 24:00 of it, and 24:00 is how such a deadline is shown.
        ("2026-08-28", datetime(2026, 8, 28, 16, tzinfo=UTC)),
        ("2026-08-28 24:00", datetime(2026, 8, 28, 16, tzinfo=UTC)),
        ("2026-12-31", datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_moments(typed: str, utc: datetime) -> None:
    given = form(at=typed)
    assert given.moment("at", ZONE) == utc
    assert given.errors == []


@pytest.mark.parametrize(
    "typed",
    [*NO_DAYS, "2026-08-28T25:00", "2026-08-28T18", "2026-08-28X18:00", "2026-08-28T18:00+05:00", "2026-08-28T18:00Z", "2026-08-28T24:01"],
)
def test_what_is_no_moment(typed: str) -> None:
    """A zone of one's own would silently be taken for Beijing's; the ends of time cannot be told in UTC."""
    given = form(at=typed)
    assert given.moment("at", ZONE) is None
    assert said(given) == ["Enter a day and time, for example 2026-08-28 18:00."]


def test_an_optional_moment() -> None:
    assert form(at=" ").moment("at", ZONE, required=False) is None


@given(st.text(max_size=30))
def test_nothing_that_is_typed_breaks_a_reader(typed: str) -> None:
    given = form(x=typed)
    given.text("x")
    given.number("x", 0, 9)
    given.day("x")
    given.moment("x", ZONE)
    given.choice("x", ["a"])


def test_a_file_where_text_is_expected_is_no_text() -> None:
    given = SubmittedForm(FormData([("name", UploadFile(file=None, filename="a.pdf")), ("name", "b")]))  # type: ignore[arg-type]
    assert given.all("name") == ["b"]
    assert given.get("missing", "d") == "d"
    assert given.file("name") is None
    empty = SubmittedForm(FormData([("file", UploadFile(file=None, filename=""))]))  # type: ignore[arg-type]
    assert (empty.file("file"), empty.files("file"), empty.get("file")) == (None, [], "")


def test_every_fault_is_told_at_once() -> None:
    given = form(a="", b="x")
    given.text("a")
    given.number("b", 1, 2)
    given.fault("c", "At {place}.", place="the end")
    with pytest.raises(Invalid) as invalid:
        given.check()
    assert [one.field for one in invalid.value.errors] == ["a", "b", "c"]
    assert invalid.value.status == 422
    form().check()
