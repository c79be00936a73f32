"""The page of a ranking: what it says of stages to come, and of the judges."""

import re
from typing import Any

from sqlalchemy import Engine

from award.results.severities import JudgedTotal, Severities, severities_of
from tests.applications.browsing import Visitor
from tests.results.judged import Entry, build
from tests.results.test_pages import base, main_of


def test_severity_has_names_for_the_office_and_codes_for_the_supervisor(engine: Engine, clock: Any, client: Any) -> None:
    # 评审员丁 sits one seat further to the front of each panel, and is the severe one.
    world = build(engine, [Entry(f"第{at}", tuple(40 if at + seat == 3 else 70 + seat for seat in range(5))) for at in range(4)])
    office, supervisor = (Visitor(client, world.cookies[who]) for who in ("office", "supervisor"))
    named = main_of(office.page(f"{base(world)}/results"))
    coded = main_of(supervisor.page(f"{base(world)}/results"))
    assert "Severity of the judges" in named
    assert re.search("R0[1-7] 评审员丁 \\+[0-9]+", named)
    assert "R01" in coded
    assert "评审员" not in coded


def test_before_the_last_stage_that_counts_nothing_is_called_final(engine: Engine, clock: Any, client: Any) -> None:
    """Jiangsu: the site visit counts beside the sheets, and no visit has been entered."""
    entries = [Entry("制造一", (90, 80, 70, 60, 50)), Entry("制造二", (50, 60, 70, 80, 90))]
    world = build(engine, entries, at="site", scheme="jiangsu-governor")
    shown = main_of(Visitor(client, world.cookies["office"]).page(f"{base(world)}/results"))
    assert "Stages that count in the total are still to come: " in shown
    assert shown.count("not yet") == 2
    for final in ("No total by the rules", "no grade", "without a candidate"):
        assert final not in shown, final
    one = main_of(Visitor(client, world.cookies["office"]).page(f"{base(world)}/results/{world.applications['制造一']}"))
    assert "Stages that count in the total are still to come: " in one
    for final in ("No total by the rules", "Without a total there is no rank", "leaves the application without a total", "missing"):
        assert final not in one


def test_where_severity_explains_nothing_no_judge_is_given_a_margin_of_0() -> None:
    """Three judges, one mean: what one takes off from the first applicant he adds to the second."""
    marks = {"甲": (700, 600, 650), "乙": (600, 700, 650)}
    totals = [
        JudgedTotal(application, f"j{at}", f"评审员{at}", points * 100)
        for application, row in marks.items()
        for at, points in enumerate(row)
    ]
    assert severities_of(totals) == Severities((), "not_told_apart")
