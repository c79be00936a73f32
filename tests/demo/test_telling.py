import re
from collections import Counter
from itertools import combinations

import pytest
from stdnum.cn import uscc

from award.applications.check import references_in
from award.applications.facts import facts_of, fault_of
from award.demo.prose import ways, wordings
from award.demo.stories import Story
from award.demo.telling import size_class, stories
from award.organisations.credit_code import check_credit_code
from award.regulations.loader import shipped_criteria, shipped_schemes
from award.regulations.model import Criteria

YEAR = 2026
CRITERIA: Criteria = shipped_criteria()["gbt19580-2012"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def told() -> list[Story]:
    return stories(24, 6, YEAR, CRITERIA)


def shingles(text: str) -> set[str]:
    return {text[start : start + 8] for start in range(len(text) - 7)}


def prose_of(story: Story) -> str:
    """All answers without their references to evidence."""
    return re.sub(r"（[^（）]*\[E-\d+\]）", "", "".join(story.answers.values()))


def figures_of(story: Story) -> dict[str, set[str]]:
    """Every figure of the evidence by its name."""
    return {row[0]: set(row[1:4]) for piece in story.evidence for row in piece.rows}


def test_the_same_seed_tells_the_same_and_another_one_something_else(told: list[Story]) -> None:
    assert stories(24, 6, YEAR, CRITERIA) == told
    assert [one.answers for one in stories(24, 7, YEAR, CRITERIA)] != [one.answers for one in told]


def test_sectors_are_those_of_the_scheme_and_overlap_in_merit(told: list[Story]) -> None:
    sectors = shipped_schemes()["yunchuan-mayor"].category("organisation").sectors
    spread = {sector: [one.merit for one in told if one.sector == sector] for sector in sectors}
    assert sorted(len(merits) for merits in spread.values()) == [6, 8, 10]
    assert min(one.merit for one in told) == pytest.approx(0.1)
    assert max(one.merit for one in told) == pytest.approx(0.95)
    assert max(map(min, spread.values())) < min(map(max, spread.values()))


def test_a_few_come_from_all_sectors() -> None:
    assert {one.sector for one in stories(8, 6, YEAR, CRITERIA)} == {"manufacturing", "services", "health_education"}


@pytest.mark.parametrize("count", [24, 200])
def test_names_and_codes_are_valid_and_each_ones_own(count: int) -> None:
    made = stories(count, 6, YEAR, CRITERIA)
    codes = [check_credit_code(one.credit_code) for one in made]
    assert all(code[2:8] == "349900" and uscc.is_valid(code) for code in codes)
    for values in (codes, [one.name for one in made], [one.contact_email for one in made], [one.address for one in made]):
        assert len(set(values)) == count
    assert all(one.contact_email.endswith(".example") for one in made)


def test_every_fact_can_be_submitted(told: list[Story]) -> None:
    for story in told:
        assert [fact.key for fact in facts_of(YEAR, "organisation") if fault_of(fact, story.facts.get(fact.key, ""))] == []
        assert set(story.facts) == {fact.key for fact in facts_of(YEAR, "organisation")}
        assert re.fullmatch(r"0599-31\d{5}", story.facts["contact_phone"])
        assert story.established_on.year <= YEAR - 4


@pytest.mark.parametrize(
    ("industry", "staff", "revenue", "size"),
    [
        ("C3451", 1286, 98620, "large"),
        ("C3451", 1286, 39999, "medium"),  # both are needed, else the class below
        ("C3451", 999, 98620, "medium"),
        ("F5212", 876, 54280, "large"),
        ("G5532", 742, 36480, "medium"),
        ("H6110", 328, 12460, "large"),
        ("I6513", 386, 18940, "large"),
        ("M7452", 236, 9640, "medium"),  # by staff only
        ("Q8411", 1864, 112300, "other"),
    ],
)
def test_sizes_follow_the_table(industry: str, staff: int, revenue: int, size: str) -> None:
    """Source: domain.md 4.6, the classes of the national bureau of statistics."""
    assert size_class(industry, staff, revenue) == size


def test_every_part_is_answered_within_the_limits(told: list[Story]) -> None:
    rules = shipped_schemes()["yunchuan-mayor"].application
    parts = {*(f"profile.{one.key}" for one in CRITERIA.profile), *(one.key for one in CRITERIA.items())}
    assert len(parts) == 26
    for story in told:
        assert set(story.answers) == parts
        assert min(len(CHINESE.findall(text)) for text in story.answers.values()) >= 200
        assert max(map(len, story.answers.values())) <= rules.item_characters
        assert sum(len(text) for part, text in story.answers.items() if part.startswith("profile")) <= rules.profile_characters


def test_no_two_answers_are_alike(told: list[Story]) -> None:
    texts = [text for story in told for text in story.answers.values()]
    assert len(set(texts)) == len(texts)
    for part in told[0].answers:
        for one, other in combinations([shingles(story.answers[part]) for story in told], 2):
            assert len(one & other) < 0.5 * min(len(one), len(other)), part


def test_not_even_of_five_hundred_two_answers_are_equal() -> None:
    many = stories(500, 6, YEAR, CRITERIA)
    assert len({text for story in many for text in story.answers.values()}) == 500 * 26


def test_the_wordings_of_any_two_agree_in_two_sentences_at_most() -> None:
    assert all(len(sentences) == 6 for sentences in wordings().values())
    assert all(len(set(variants)) == 4 for sentences in wordings().values() for variants in sentences)
    for one, other in combinations(range(64), 2):
        assert sum(a == b for a, b in zip(ways(one), ways(other), strict=True)) <= 2


@pytest.mark.parametrize("first", [0, 6, 17, 63])
def test_of_the_organisations_of_a_round_at_most_a_third_use_the_same_wording_of_a_sentence(first: int) -> None:
    used = [ways(number) for number in range(first, first + 24)]
    assert max(max(Counter(way[place] for way in used).values()) for place in range(6)) <= 8


def test_the_prose_is_set_like_chinese_prose(told: list[Story]) -> None:
    for story in told:
        for text in story.answers.values():
            assert re.findall(r"[{} \t,;:!?()\"']", text) == []
            assert all(line.endswith("。") and "。。" not in line for line in text.split("\n"))


def test_evidence_and_references_meet(told: list[Story]) -> None:
    for story in told:
        assert 4 <= len(story.evidence) <= 6
        used = {code for text in story.answers.values() for code in references_in(text)}
        assert used == {f"E-{number}" for number in range(1, len(story.evidence) + 1)}
        assert len({piece.title for piece in story.evidence}) == len(story.evidence)


def test_revenue_profit_tax_and_staff_are_those_of_the_facts(told: list[Story]) -> None:
    checked = 0
    for story in told:
        whole = prose_of(story)
        rows = figures_of(story)
        for key, names in (("revenue", "营业收入|业务收入|办学收入"), ("profit", "利润总额|收支结余"), ("tax", "纳税额|缴纳税费")):
            stated = {f"{story.facts[f'{key}_{year}']}万元" for year in range(YEAR - 3, YEAR)}
            quoted = set(re.findall(rf"(?<!人均)(?:{names})(?:达到|为|由|依次为|分别为|三年为|)(\d+万元)", whole))
            checked += len(quoted)
            assert quoted <= stated
            assert {frozenset(stated)} == {frozenset(values) for name, values in rows.items() if re.fullmatch(names, name)}
        people = set(re.findall(r"(\d+)名(?:员工|职工|教职工)", whole)) | set(re.findall(r"用工(\d+)名", whole))
        assert people <= {story.facts["staff"]}
        checked += len(people)
    assert checked > 100


def test_a_figure_is_the_same_wherever_it_is_written(told: list[Story]) -> None:
    """Names that stand in a table and in an answer with "依次为" or "三年为" carry the same three values."""
    checked = 0
    for story in told:
        whole = prose_of(story)
        for name, values in figures_of(story).items():
            for series in re.findall(rf"(?<![\u4e00-\u9fff、]){name}(?:三年为|依次为|三年分别为)([^，。；]+)", whole):
                assert set(series.split("、")) == values
                checked += 1
    assert checked > 100


def test_hospitals_and_schools_speak_of_patients_and_students(told: list[Story]) -> None:
    for story in told:
        if story.facts["size_class"] == "other":
            whole = "".join(story.answers.values())
            assert "顾客" not in whole
            assert ("患者" if story.facts["industry_code"].startswith("Q") else "学生") in whole


def test_results_show_three_years_and_a_comparison(told: list[Story]) -> None:
    for story in told:
        for part in (item.key for item in CRITERIA.items() if item.kind == "result"):
            text = story.answers[part]
            assert re.search(r"[\d.]+\D{0,6}、[^、，。]*[\d.]+\D{0,6}、[^、，。]*\d|前两年|由\S+?变为", text), part
            assert re.search(r"优于|好于|领先|更好|持平|接近|相当|尚未达到|差距|落后", text), part


def test_size_of_the_facts_grows_year_by_year(told: list[Story]) -> None:
    for story in told:
        revenue = [int(story.facts[f"revenue_{year}"]) for year in range(YEAR - 3, YEAR)]
        assert revenue == sorted(revenue)
