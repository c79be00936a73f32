"""What the rules of an award close of the stage table. Expected by hand from the shipped schemes."""

import pytest

from award.kernel.actor import Action
from award.regulations.loader import shipped_schemes
from award.rounds.narrowing import NARROWED, closed_in
from award.stages import TABLE, Kind

ONE_APPLICANT = {Action.APPLICATION_EDIT, Action.APPLICATION_SUBMIT}
"""Closed in one stage alone, where no correction is allowed; the applicant's own in every award before that."""


@pytest.mark.parametrize(("kind", "is_closed"), [(Kind.APPLY, False), (Kind.ACCEPT, False), (Kind.ASSIGN, True), (Kind.SCORE, True)])
def test_withdrawing_ends_with_the_stage_the_rules_name(kind: Kind, is_closed: bool) -> None:
    scheme = shipped_schemes()["yunchuan-mayor"]
    assert scheme.application.withdraw_until == "accept"
    assert Action.APPLICATION_WITHDRAW in TABLE[kind].grants
    assert (Action.APPLICATION_WITHDRAW in closed_in(scheme, kind)) == is_closed


@pytest.mark.parametrize(("scheme", "is_closed"), [("jiangsu-governor", True), ("yunchuan-mayor", False)])
def test_the_committee_reads_in_its_own_stage_where_there_is_one(scheme: str, is_closed: bool) -> None:
    assert (Action.RESULT_CONSULT in closed_in(shipped_schemes()[scheme], Kind.NOTICE)) == is_closed


def test_the_table_of_no_award_marks_all_that_some_award_closes() -> None:
    closed = {act for scheme in shipped_schemes().values() for one in scheme.stages for act in closed_in(scheme, Kind(one.kind))}
    assert Action.APPLICATION_WITHDRAW in closed
    assert closed - ONE_APPLICANT <= NARROWED
