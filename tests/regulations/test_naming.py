"""One file for many governments: what a round by it says in their names. Expected: the names as they are put, the rest unchanged."""

import pytest

from award.regulations.loader import shipped_schemes
from award.regulations.model import Text
from award.regulations.naming import in_the_name_of

YUNGANG = Text("大同市云冈区人民政府", "People's Government of Yungang District, Datong")
AWARD = Text("云冈区区长质量奖", "Yungang District Mayor's Quality Award")


def test_a_county_signs_in_its_own_name() -> None:
    named = in_the_name_of(shipped_schemes()["datong-county"], YUNGANG, AWARD)
    assert named.issuer == named.authority == YUNGANG
    assert named.award == AWARD
    assert named.office == Text("云冈区区长质量奖评审委员会办公室", "Office of the Yungang District Mayor's Quality Award Committee")
    assert [quota.name for quota in named.category("organisation").quotas] == [AWARD]
    assert named.certificate is not None
    assert named.certificate.number == "云冈区区长质量奖〔{year}〕第 {serial} 号"
    assert named.certificate.wording == Text(
        "经评审、公示并报大同市云冈区人民政府批准，授予",
        "After review, public notice and approval by the People's Government of Yungang District, Datong, is awarded the",
    )


def test_a_lower_grade_keeps_what_makes_it_one() -> None:
    named = in_the_name_of(shipped_schemes()["jiangsu-governor"], Text("某省人民政府", "A"), Text("某省省长质量奖", "B"))
    assert [quota.name.zh for quota in named.category("individual").quotas] == ["某省省长质量奖（个人）", "某省省长质量奖提名奖（个人）"]


def test_a_name_with_braces_leaves_the_number_a_pattern() -> None:
    named = in_the_name_of(shipped_schemes()["datong-county"], YUNGANG, Text("云冈{serial}奖", "B"))
    assert named.certificate is not None
    assert named.certificate.number.format(year=2026, serial="01") == "云冈serial奖〔2026〕第 01 号"


def test_neither_figures_nor_sources_change() -> None:
    scheme = shipped_schemes()["datong-county"]
    named = in_the_name_of(scheme, YUNGANG, AWARD)
    assert (named.key, named.stages, named.scoring, named.panel, named.notice, named.upward, named.sources) == (
        scheme.key, scheme.stages, scheme.scoring, scheme.panel, scheme.notice, scheme.upward, scheme.sources
    )  # fmt: skip


@pytest.mark.parametrize("key", sorted(shipped_schemes()))
def test_whom_a_scheme_is_written_for_finds_it_unchanged(key: str) -> None:
    scheme = shipped_schemes()[key]
    assert in_the_name_of(scheme, scheme.authority, scheme.award) == scheme
