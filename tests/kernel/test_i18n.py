"""Two languages: what is translated, how moments and time left are said, and what is missing stays readable."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from award.kernel import i18n
from award.kernel.i18n import Phrase, format_day, format_left, format_moment, translate
from award.regulations.model import Text


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two files of one feature each."""
    (tmp_path / "zh_CN").mkdir()
    start = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    (tmp_path / "zh_CN" / "one.po").write_text(start + 'msgid "Save {name}"\nmsgstr "保存{name}"\n\nmsgid "Empty"\nmsgstr ""\n')
    plural = 'msgid "{n} sheet"\nmsgid_plural "{n} sheets"\nmsgstr[0] "{n} 份评分表"\n'
    (tmp_path / "zh_CN" / "two.po").write_text(start + plural)
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    i18n.translations.cache_clear()
    yield
    i18n.translations.cache_clear()


@pytest.mark.usefixtures("catalogue")
class TestTranslating:
    def test_in_both_languages(self) -> None:
        assert translate("zh", "Save {name}", {"name": "草稿"}) == "保存草稿"
        assert translate("en", "Save {name}", {"name": "draft"}) == "Save draft"

    def test_what_is_missing_or_empty_is_said_in_english(self) -> None:
        assert translate("zh", "Not there {n}", {"n": 1}) == "Not there 1"
        assert translate("zh", "Empty") == "Empty"

    def test_plurals(self) -> None:
        chinese, english = i18n.translations("zh"), i18n.translations("en")
        said = [catalogue.ngettext("{n} sheet", "{n} sheets", n) for catalogue in (chinese, english) for n in (1, 2)]
        assert said == ["{n} 份评分表", "{n} 份评分表", "{n} sheet", "{n} sheets"]

    def test_braces_in_what_people_wrote_are_text(self) -> None:
        assert translate("zh", "Save {name}", {"name": "{0} {name.__class__}"}) == "保存{0} {name.__class__}"

    def test_params_are_said_in_the_readers_language(self) -> None:
        name = Text("卓越绩效", "Performance excellence")
        assert translate("zh", "Save {name}", {"name": name}) == "保存卓越绩效"
        assert translate("en", "Save {name}", {"name": [name, "4.1"]}) == "Save Performance excellence, 4.1"
        assert translate("zh", "Save {name}", {"name": (name, "4.1")}) == "保存卓越绩效、4.1"
        assert Phrase("Save {name}", {"name": Phrase("Save {name}", {"name": 1})}).in_language("zh") == "保存保存1"


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        # 10:00 UTC is 18:00 in Beijing.
        ("2026-08-28T10:00:00+00:00", "2026年8月28日 18:00（北京时间）", "28 August 2026 18:00 (Beijing time)"),
        # Midnight closes the day before it.
        ("2026-08-28T16:00:00+00:00", "2026年8月28日 24:00（北京时间）", "28 August 2026 24:00 (Beijing time)"),
        ("2025-12-31T16:00:00+00:00", "2025年12月31日 24:00（北京时间）", "31 December 2025 24:00 (Beijing time)"),
        # A second after it is the next day: nothing late looks punctual.
        ("2026-08-28T16:00:01+00:00", "2026年8月29日 00:00（北京时间）", "29 August 2026 00:00 (Beijing time)"),
        ("2026-08-28T16:00:00.000001+00:00", "2026年8月29日 00:00（北京时间）", "29 August 2026 00:00 (Beijing time)"),
        ("2026-08-28T15:59:59.999999+00:00", "2026年8月28日 23:59（北京时间）", "28 August 2026 23:59 (Beijing time)"),
    ],
)
def test_moments_on_the_wall_clock(moment: str, chinese: str, english: str) -> None:
    said = [format_moment(language, datetime.fromisoformat(moment), "Asia/Shanghai", with_zone=True) for language in ("zh", "en")]
    assert said == [chinese, english]


def test_other_zones_are_named() -> None:
    noon = datetime(2026, 8, 28, 4, tzinfo=UTC)
    assert format_moment("en", noon, "Asia/Urumqi", with_zone=True) == "28 August 2026 10:00 (Asia/Urumqi)"
    assert format_moment("zh", noon, "Asia/Shanghai") == "2026年8月28日 12:00"


def test_days() -> None:
    assert (format_day("zh", date(2026, 1, 5)), format_day("en", date(2026, 1, 5))) == ("2026年1月5日", "5 January 2026")


@pytest.mark.parametrize(
    ("left", "chinese", "english"),
    [
        (timedelta(days=3, hours=5, minutes=40), "3 天 5 小时", "3 days 5 hours"),
        (timedelta(days=3, minutes=40), "3 天", "3 days"),
        (timedelta(days=1, hours=1), "1 天 1 小时", "1 day 1 hour"),
        (timedelta(hours=2, minutes=1), "2 小时 1 分钟", "2 hours 1 minute"),
        (timedelta(minutes=59, seconds=59), "59 分钟", "59 minutes"),
        (timedelta(seconds=59), "0 分钟", "0 minutes"),
        (-timedelta(hours=1), "0 分钟", "0 minutes"),
    ],
)
def test_time_left(left: timedelta, chinese: str, english: str) -> None:
    assert (format_left("zh", left), format_left("en", left)) == (chinese, english)


def test_what_opens_at_midnight_opens_with_the_day() -> None:
    moment = datetime(2026, 8, 28, 16, tzinfo=UTC)
    assert i18n.format_moment("zh", moment, "Asia/Shanghai", opening=True) == "2026年8月29日 00:00"
