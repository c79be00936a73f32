"""Why something is refused, how it is raised, and what holds for every standing there could be."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from award.kernel.actor import Action
from award.kernel.errors import NotFound, Refused
from award.kernel.i18n import LANGUAGES, translate
from award.policy import HIDDEN, Decision, Standing, decide, require
from award.regulations.model import Text
from award.stages import DEADLINE_BOUND, TABLE, Kind, StageNow, Who, stages_with
from award.words import ACTIONS

OPENS, CLOSES = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
HAN = re.compile(r"[\u4e00-\u9fff]")


def at(kind: Kind, now: datetime = OPENS) -> StageNow:
    return StageNow(kind, OPENS, CLOSES, now, "Asia/Shanghai")


def why(action: Action, stage: StageNow, *who: Who, **more: bool) -> tuple[str, int]:
    decision = decide(action, stage, Standing(frozenset({Who.PUBLIC, *who}), **more))
    return decision.code, decision.status


@pytest.mark.parametrize(
    ("action", "kind", "who", "code", "status"),
    [
        (Action.APPLICATION_SUBMIT, Kind.SCORE, Who.OWNER, "stage.wrong", 409),
        (Action.APPLICATION_ACCEPT, Kind.ACCEPT, Who.OWNER, "role.cannot", 403),
        (Action.SHEET_EDIT, Kind.SCORE, Who.OFFICE, "role.cannot", 403),
        (Action.APPLICATION_READ, Kind.ASSIGN, Who.ASSIGNED_JUDGE, "declaration.unsigned", 403),
        (Action.SHEET_EDIT, Kind.SCORE, Who.ASSIGNED_JUDGE, "declaration.unsigned", 403),
        (Action.APPLICATION_READ, Kind.NOTICE, Who.ASSIGNED_JUDGE, "role.cannot", 403),
        (Action.APPLICATION_READ, Kind.NOTICE, Who.CLEARED_JUDGE, "stage.wrong", 409),
        (Action.SHEETS_READ, Kind.SCORE, Who.CLEARED_JUDGE, "gate.closed", 409),
        (Action.SHEETS_READ, Kind.SCORE, Who.SUPERVISOR, "stage.wrong", 409),
        (Action.APPLICATION_EDIT, Kind.ACCEPT, Who.OWNER, "application.closed", 409),
        (Action.OBJECTION_FILE, Kind.APPROVE, Who.PUBLIC, "stage.wrong", 409),
        (Action.APPLICATION_READ, Kind.SCORE, Who.PUBLIC, "not_found", 404),
    ],
)
def test_the_reason(action: Action, kind: Kind, who: Who, code: str, status: int) -> None:
    assert why(action, at(kind), who) == (code, status)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "当前阶段“材料评审·独立评分”不开放“提交申报”。开放的阶段："),
        ("en", "“Submit an application” is not open in the stage “Independent desk review”. Stages in which it is: Applications, "),
    ],
)  # fmt: skip
def test_a_refusal_names_the_act_and_where_it_is_open(language: str, said: str) -> None:
    decision = decide(Action.APPLICATION_SUBMIT, at(Kind.SCORE), Standing(frozenset({Who.OWNER})))
    assert decision.in_language(language).startswith(said)


def test_a_refusal_calls_stages_as_the_scheme_of_the_round_does() -> None:
    titles = {Kind.SCORE: Text("材料评审", "Desk review"), Kind.APPLY: Text("申报", "Application")}
    decision = decide(Action.APPLICATION_SUBMIT, replace(at(Kind.SCORE), titles=titles), Standing(frozenset({Who.OWNER})))
    said = decision.in_language("en")
    assert said.startswith("“Submit an application” is not open in the stage “Desk review”. Stages in which it is: Application, ")


def test_a_refusal_names_only_stages_the_round_has() -> None:
    """Results are read from the site visit on; a scheme without site visit, interview and meeting names none of them."""
    office = Standing(frozenset({Who.OFFICE}))
    small = replace(at(Kind.APPLY), kinds=frozenset({Kind.APPLY, Kind.SCORE, Kind.NOTICE}))
    decision = decide(Action.RESULT_READ, small, office)
    assert decision.code == "stage.wrong"
    assert decision.in_language("en").endswith("Stages in which it is: Public notice.")
    none = decide(Action.RESULT_READ, replace(small, kinds=frozenset({Kind.APPLY})), office)
    assert (none.code, none.status) == ("scheme.without", 409)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", Action)
def test_every_act_has_a_name(action: Action, language: str) -> None:
    """In each language its own, which a refusal can put between quotation marks."""
    assert (translate(language, ACTIONS[action]) == ACTIONS[action]) is (language == "en")


def test_reasons_of_time_gate_and_correction() -> None:
    early, late = at(Kind.APPLY, OPENS - timedelta(microseconds=1)), at(Kind.APPLY, CLOSES)
    assert why(Action.APPLICATION_SUBMIT, early, Who.OWNER) == ("stage.not_open", 409)
    assert why(Action.APPLICATION_SUBMIT, late, Who.OWNER) == ("stage.over", 409)
    assert why(Action.SHEET_RETURN, at(Kind.SCORE), Who.OFFICE, gate_open=True) == ("gate.open", 409)
    assert why(Action.SHEET_RETURN, at(Kind.SCORE), Who.OFFICE, values_seen=True) == ("gate.was_open", 409)
    over = {"in_correction": True, "correction_over": True}
    assert why(Action.APPLICATION_SUBMIT, at(Kind.ACCEPT), Who.OWNER, **over) == ("correction.over", 409)


def refusals() -> list[Decision]:
    """Every different refusal there is."""
    found = {}
    for action in Action:
        for kind in Kind:
            for now in (OPENS - timedelta(1), OPENS, CLOSES):
                for who in Who:
                    for flags in ({}, {"gate_open": True}, {"in_correction": True, "correction_over": True}):
                        decision = decide(action, at(kind, now), Standing(frozenset({Who.PUBLIC, who}), **flags))
                        found[decision.code] = decision
    return [one for one in found.values() if not one.allowed and not one.hides]


def test_every_refusal_says_what_to_do_in_both_languages() -> None:
    decisions = refusals()
    assert len(decisions) == 10
    for decision in decisions:
        english, chinese = (decision.in_language(language) for language in ("en", "zh"))
        assert (english[-1], chinese[-1]) == (".", "。"), decision.code
        assert HAN.search(chinese), decision.code
        assert "{" not in english + chinese


def test_require_raises_what_was_decided() -> None:
    office, stranger = Standing(frozenset({Who.PUBLIC, Who.OFFICE})), Standing(frozenset({Who.PUBLIC}))
    require(Action.ROUND_READ, at(Kind.SCORE), office)
    with pytest.raises(NotFound) as hidden:
        require(Action.ROUND_READ, at(Kind.SCORE), stranger)
    assert (hidden.value.code, hidden.value.status, hidden.value.text) == ("not_found", 404, "")
    with pytest.raises(Refused) as refused:
        require(Action.APPLICATION_SUBMIT, at(Kind.APPLY, CLOSES), Standing(frozenset({Who.OWNER})))
    assert (refused.value.code, refused.value.status) == ("stage.over", 409)
    said = translate("en", refused.value.text, refused.value.params)
    assert "1 April 2026 08:00 (Beijing time)" in said


standings = st.builds(
    Standing,
    who=st.frozensets(st.sampled_from(Who)),
    is_conflicted=st.booleans(),
    gate_open=st.booleans(),
    in_correction=st.booleans(),
    correction_over=st.booleans(),
)
stages = st.builds(
    at, st.sampled_from(Kind), st.datetimes(datetime(2026, 2, 1), datetime(2026, 5, 1), timezones=st.just(UTC))
)
everyone = Standing(frozenset(Who), is_conflicted=True, gate_open=True, in_correction=True)


@given(st.sampled_from(Action), stages, standings, st.sampled_from(Who))
@example(Action.OBJECTION_FILE, at(Kind.NOTICE), everyone, Who.PUBLIC)
@example(Action.CONFLICT_DECLARE, at(Kind.SCORE), everyone, Who.CLEARED_JUDGE)
def test_nothing_added_frees_the_conflicted(action: Action, stage: StageNow, standing: Standing, more: Who) -> None:
    event(f"conflicted: {standing.is_conflicted}")
    richer = replace(standing, who=standing.who | {more})
    before, after = decide(action, stage, standing), decide(action, stage, richer)
    if standing.is_conflicted:
        assert before == after == HIDDEN
    else:
        # Among those without a conflict, being something more never takes away.
        assert after.allowed >= before.allowed


@given(st.sampled_from(sorted(DEADLINE_BOUND)), stages, standings)
def test_nothing_bound_by_dates_happens_outside_them(action: Action, stage: StageNow, standing: Standing) -> None:
    if decide(action, stage, standing).allowed and stage.kind != Kind.ACCEPT:
        assert OPENS <= stage.now < CLOSES


@given(st.sampled_from([Action.SHEETS_READ, Action.FEEDBACK_READ, Action.FEEDBACK_WRITE]), stages, standings)
def test_no_value_is_seen_before_the_gate(action: Action, stage: StageNow, standing: Standing) -> None:
    if not standing.gate_open:
        assert not decide(action, stage, standing).allowed


@given(st.sampled_from(Action), stages, standings)
def test_the_public_learns_nothing_but_by_its_own_acts(action: Action, stage: StageNow, standing: Standing) -> None:
    if not standing.who - {Who.PUBLIC} and action != Action.OBJECTION_FILE:
        assert decide(action, stage, standing) == HIDDEN


def test_the_table_is_whole() -> None:
    assert list(TABLE) == list(Kind)
    assert [action for action in Action if not stages_with(action)] == []
    for stage in TABLE.values():
        assert all(stage.grants.values()), stage.kind
        assert len(set(stage.needs)) == len(stage.needs)


def test_names_of_stages_are_translated() -> None:
    for stage in TABLE.values():
        for text in (stage.title, stage.public_title, stage.about):
            assert HAN.search(translate("zh", text)), text
