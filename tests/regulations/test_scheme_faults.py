"""Each way a scheme can be wrong is found at its line and column. Lines are counted in samples.SCHEME."""

import pytest

from award.regulations.faults import RuleFaults
from award.regulations.loader import load_scheme
from tests.regulations.samples import SCHEME, spoilt

SETUP = "  - {kind: setup, source: art. 5, title: {zh: 筹备, en: Setup}, planned_days: 1, held: system, weight: none}\n"
SITE = "  - {kind: site, source: art. 5, title: {zh: 现场, en: Site}, planned_days: 1, held: paper, weight: 40}\n"
NOTICE = (
    "  - {kind: notice, source: art. 5, title: {zh: 公示, en: Notice}, planned_days: 1, held: system, weight: none}\n"
)
APPROVE = (
    "  - {kind: approve, source: art. 5, title: {zh: 批准, en: Approve}, planned_days: 1, held: system, weight: none}\n"
)
PUBLISH = (
    "  - {kind: publish, source: art. 5, title: {zh: 公布, en: Publish}, planned_days: 1, held: system, weight: none}\n"
)

FAULTY = [
    ("key: small", "key: smal", 1, 6, "key_differs"),
    ("scheme: anhui-province", "scheme: anhui-provinz", 100, 69, "upward_missing"),
    ("recommended: {organisation: 2}", "recommended: {company: 2}", 100, 99, "category_unknown"),
    ("recommended: {organisation: 2}", "recommended: {organisation: 0}", 100, 113, "out_of_range"),
    ("upward:\n  - {key: up", "upward:\n  - {kex: up", 100, 6, "unknown_key"),
    ("planned_days: 1, held: paper", "planned_days: 1, held: system", 41, 84, "stage_without_tool"),
    ("cycle_years: {value: 2, source: art. 1}", "cycle_years: 2", 8, 14, "source_missing"),
    ("cycle_years: {value: 2, source: art. 1}", "cycle_years: {value: 2}", 8, 14, "source_missing"),
    ("cycle_years: {value: 2, source: art. 1}", 'cycle_years: {value: 2, source: ""}', 8, 33, "empty_text"),
    ("cycle_years: {value: 2, source: art. 1}", "cycle_years: {value: 2, sauce: art. 1}", 8, 25, "unknown_key"),
    ("cycle_years: {value: 2, source: art. 1}", "cycle_years: {value: two, source: art. 1}", 8, 22, "wrong_type"),
    ("cycle_years: {value: 2, source: art. 1}", "cycle_years: {value: 99, source: art. 1}", 8, 22, "out_of_range"),
    ("vacancy_allowed: {value: yes", "vacancy_allowed: {value: ys", 9, 26, "not_a_choice"),
    ("{award: 3}", "{awrad: 3}", 10, 23, "grade_unknown"),
    ("nature: {value: evaluation", "nature: {value: praise", 15, 21, "not_a_choice"),
    ("    source: art. 2\n", "", 19, 15, "source_missing"),
    ("key: organisation", "key: company", 17, 10, "not_a_choice"),
    ("criteria: gbt19580-2012", "criteria: gbt19580-2021", 20, 15, "criteria_missing"),
    ("      - source: art. 3\n        grade: award", "      - grade: award", 26, 16, "source_missing"),
    ("        seats: 3\n", "        seats: 0\n", 27, 16, "out_of_range"),
    ("minimum: 500", "minimum: 1001", 28, 18, "minimum_too_high"),
    ("minimum: 500", "minimum: 500.005", 28, 18, "wrong_type"),
    ("minimum: 500", "minimum_hundredths: 50000", 28, 9, "unknown_key"),
    ("per_sector: {goods: 2, services: 2}", "per_sector: {goods: 1, services: 1}", 29, 21, "quota_sum"),
    ("per_sector: {goods: 2, services: 2}", "per_sector: {goods: 4, services: 2}", 29, 22, "quota_sum"),
    ("per_sector: {goods: 2, services: 2}", "per_sector: {goods: 2, service: 2}", 29, 32, "sector_unknown"),
    ("at_least_sector: {goods: 1}", "at_least_sector: {goods: 3}", 30, 27, "quota_sum"),
    ("at_least_sector: {goods: 1}", "at_least_sector: {goods: 2, services: 2}", 30, 26, "quota_sum"),
    ("at_least_small: 0", "at_least_small: 1", 31, 25, "rule_unapplied"),
    ("sector_seats: fixed", "sector_seats: largest_remainder", 64, 17, "rule_unapplied"),
    (SETUP, "", 36, 3, "stage_missing"),
    ("{kind: setup, ", "{kind: apply, ", 37, 5, "key_twice"),
    ("{kind: setup, ", "{kind: setpu, ", 36, 12, "stage_unknown"),
    (SETUP, SITE.replace("site", "deliberate").replace("40", "none") + SETUP, 36, 12, "stage_order"),
    (NOTICE + APPROVE + PUBLISH, NOTICE + PUBLISH + APPROVE, 43, 12, "stage_order"),
    (NOTICE + APPROVE + PUBLISH, PUBLISH + NOTICE + APPROVE, 42, 12, "stage_order"),
    (SITE + NOTICE, NOTICE + SITE, 41, 12, "stage_order"),
    ("planned_days: 1, held: paper", "planned_days: 1, held: papers", 41, 84, "not_a_choice"),
    ("Score}, planned_days: 1, held: system", "Score}, planned_days: 1, held: paper", 40, 86, "stage_not_on_paper"),
    ("held: system, weight: 60", "held: system, weight: 50", 41, 99, "weights_sum"),
    ("held: system, weight: 60", "held: system, weight: 60.5", 41, 99, "weights_sum"),
    (
        "Apply}, planned_days: 1, held: system, weight: none",
        "Apply}, planned_days: 1, held: system, weight: 5",
        37,
        102,
        "weight_unused",
    ),
    ("method: drop", "method: mean", 49, 9, "drop_differs"),
    ("method: drop", "method: dorp", 48, 11, "not_a_choice"),
    ("  drop: 1", "  drop: 0", 49, 9, "drop_differs"),
    ("  drop: 1", "  drop: 2", 50, 19, "too_few_sheets"),
    ("minimum_sheets: 3", "minimum_sheets: 4", 90, 32, "panel_too_small"),
    ("places: 2", "places: 5", 53, 11, "out_of_range"),
    ('"category:4.1"', '"category:4.8"', 55, 19, "tie_unknown"),
    ('"item:4.7.2"', '"item:4.7.1"', 55, 35, "tie_unknown"),
    ('"item:4.7.2"', "results", 55, 35, "tie_twice"),
    ("leader_weight: 1", "leader_weight: 2", 59, 18, "weight_unused"),
    ("years_registered: {value: 3", "years_registered: {value: 51", 67, 29, "out_of_range"),
    ("  fraud_bar_years: 4\n", "", 66, 3, "missing_key"),
    ("withdraw_until: accept", "withdraw_until: acept", 81, 19, "withdraw_stage"),
    ("withdraw_until: accept", "withdraw_until: setup", 81, 19, "withdraw_stage"),
    ("withdraw_until: accept", "withdraw_until: consensus", 81, 19, "withdraw_stage"),
    ("unit: working", "unit: workdays", 91, 42, "not_a_choice"),
    ("No. {year}-{serial}", "No. {year}", 94, 11, "number_pattern"),
    ("No. {year}-{serial}", "No. {year}-{serial!r}-{serial}", 94, 11, "number_pattern"),
    ("No. {year}-{serial}", "No. {year}-{serial", 94, 11, "number_pattern"),
    ("vote: none", "vote: {source: art. 9, secret: yes, passes: 2/3, more_than: no, quorum: 1/2}", 98, 7, "vote_differs"),
    ("vote: none", "vote: {source: art. 9, secret: yes, passes: 3/2, more_than: no, quorum: 1/2}", 98, 45, "wrong_type"),
    ("vote: none", "vote: none\nsources: {}", 99, 1, "unknown_key"),
    ("result: {value: award,", "result: {value: prize,", 101, 17, "not_a_choice"),
    ("result: {value: award, source: art. 1}", "result: award", 101, 9, "source_missing"),
    ("feedback_reports: {value: yes,", "feedback_reports: {value: maybe,", 102, 27, "not_a_choice"),
    ("feedback_reports: {value: yes, source: assumed}\n", "", 1, 1, "missing_key"),
]


def test_the_sample_is_sound() -> None:
    scheme = load_scheme(SCHEME, "small")
    (quota,) = scheme.category("organisation").quotas
    assert (quota.seats, quota.minimum_hundredths, quota.per_sector) == (3, 50000, {"goods": 2, "services": 2})
    assert scheme.stage("score").weight_hundredths == 6000
    assert scheme.stage("site").held == "paper"
    assert scheme.scoring.deviation_points is None
    assert scheme.vote is None


@pytest.mark.parametrize(("old", "new", "line", "column", "code"), FAULTY)
def test_a_fault_is_found_where_it_stands(old: str, new: str, line: int, column: int, code: str) -> None:
    with pytest.raises(RuleFaults) as caught:
        load_scheme(spoilt(SCHEME, old, new), "small")
    assert (line, column, code) in [(fault.line, fault.column, fault.code) for fault in caught.value.faults]


def test_one_fault_is_said_once() -> None:
    with pytest.raises(RuleFaults) as caught:
        load_scheme(spoilt(SCHEME, "method: drop", "method: mean"), "small")
    assert [fault.code for fault in caught.value.faults] == ["drop_differs"]


def test_the_notice_may_stand_before_or_after_the_approval() -> None:
    scheme = load_scheme(spoilt(SCHEME, NOTICE + APPROVE, APPROVE + NOTICE), "small")
    assert [stage.kind for stage in scheme.stages][6:8] == ["approve", "notice"]


def test_a_committee_stage_needs_a_vote() -> None:
    meeting = SITE.replace("site", "deliberate").replace("40", "none")
    text = spoilt(SCHEME, SITE, SITE + meeting)
    with pytest.raises(RuleFaults) as caught:
        load_scheme(text, "small")
    assert [fault.code for fault in caught.value.faults] == ["vote_differs"]
    voting = spoilt(text, "vote: none", "vote: {source: art. 9, secret: yes, passes: 2/3, more_than: no, quorum: 1/2}")
    vote = load_scheme(voting, "small").vote
    assert vote is not None
    assert (vote.passes, vote.more_than, vote.quorum) == ((2, 3), False, (1, 2))


@pytest.mark.parametrize(("passes", "found"), [("1/2", []), ("1/1", ["vote_impossible"])])
def test_more_than_a_share_can_be_reached(passes: str, found: list[str]) -> None:
    meeting = SITE.replace("site", "deliberate").replace("40", "none")
    text = spoilt(SCHEME, SITE, SITE + meeting)
    voting = spoilt(text, "vote: none", f"vote: {{source: art. 9, secret: yes, passes: {passes}, more_than: yes, quorum: 1/2}}")
    if not found:
        vote = load_scheme(voting, "small").vote
        assert vote is not None
        assert vote.more_than
        return
    with pytest.raises(RuleFaults) as caught:
        load_scheme(voting, "small")
    assert [fault.code for fault in caught.value.faults] == found


def test_every_parameter_has_a_source_and_its_own_one_wins() -> None:
    scheme = load_scheme(SCHEME, "small")
    assert scheme.sources["cycle_years"] == "art. 1"
    assert scheme.sources["eligibility.years_registered"] == "art. 7"
    assert scheme.sources["eligibility.clean_years"] == "assumed"
    assert scheme.sources["categories.organisation.quotas.award.minimum_hundredths"] == "art. 3"
    assert scheme.sources["stages.site.weight_hundredths"] == "art. 5"
    assert scheme.sources["basis.0.nature"] == "art. 1"
    assert "scoring.ties" not in scheme.assumed
    # 1 upper money, 1 reports; eligibility 12 less one read; application 9; panel 6; notice 4; certificate 3
    assert len(scheme.assumed) == 2 + 11 + 9 + 6 + 4 + 3


def test_a_recommendation_needs_an_award_above_it_and_may_have_no_certificates() -> None:
    above = SCHEME[SCHEME.index("upward:") : SCHEME.index("result:")]
    recommending = spoilt(SCHEME, "result: {value: award", "result: {value: recommendation")
    with pytest.raises(RuleFaults) as caught:
        load_scheme(spoilt(recommending, above, "upward: []\n"), "small")
    assert [(one.line, one.column, one.code) for one in caught.value.faults] == [(100, 17, "recommends_nowhere")]
    form = SCHEME[SCHEME.index("certificate:") : SCHEME.index("vote:")]
    scheme = load_scheme(spoilt(recommending, form, "certificate: none\n"), "small")
    assert scheme.recommends
    assert scheme.certificate is None
    assert [path for path in scheme.sources if path.startswith("certificate")] == []
