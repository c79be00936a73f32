"""How people stand to a round and to an application: grants, seats, declarations, conflicts; and what that lets them do."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from award.accounts.models import Person
from award.applications.models import Application
from award.kernel.actor import PUBLIC, SYSTEM, Action, Role, Scope
from award.kernel.audit.trail import transaction
from award.policy import Standing, decide
from award.rounds.queries import stage_now
from award.stages import Who
from award.standing.models import Assignment, Conflict, Declaration
from award.standing.queries import standing_in_round, standing_of
from tests import make


class Case:
    """An application in the scoring stage, and people who stand to it one way or another."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.authority = make.authority(session)
        self.round = make.round_(session, "score", of=self.authority)
        self.organisation = make.organisation(session)
        self.owner = make.owner(session, self.organisation, self.authority)
        self.application = self._application(self.organisation.id)

    def _application(self, organisation_id: int) -> Application:
        made = Application(
            round_id=self.round.id, organisation_id=organisation_id, category="organisation", state="accepted",
            contact_person_id=self.owner.id, started_at=make.NOW,
        )  # fmt: skip
        made.round = self.round
        self.session.add(made)
        self.session.flush()
        return made

    def another(self) -> Application:
        return self._application(make.organisation(self.session, "云川港务集团", code=make.CODES[1]).id)

    def judge(self, *, state: str = "active", signed: bool = False, leads: bool = False) -> Person:
        person = make.officer(self.session, self.authority, "周敏", role=Role.JUDGE)
        self.session.add(
            Assignment(
                round_id=self.round.id, application_id=self.application.id, person_id=person.id, is_leader=leads, state=state,
                assigned_at=make.NOW,
            )
        )
        if signed:
            key = {"person_id": person.id, "application_id": self.application.id}
            self.session.add(Declaration(**key, signed_at=make.NOW, wording="无利益冲突"))
        self.session.flush()
        return person

    def conflict(self, person: Person, application: Application | None = None) -> None:
        of = application or self.application
        self.session.add(
            Conflict(
                person_id=person.id, application_id=of.id, source="office", reason="former employer", declared_at=make.NOW
            )
        )
        self.session.flush()

    def standing(self, person: Person, application: Application | None = None) -> Standing:
        actor = make.actor(self.session, person)
        return standing_of(self.session, actor, application or self.application, make.NOW)

    def who(self, person: Person) -> set[Who]:
        """Besides the public, which everybody is."""
        found = set(self.standing(person).who)
        found.remove(Who.PUBLIC)
        return found


@pytest.fixture
def case(any_engine: Engine, session: Session) -> Case:
    return Case(session)


@pytest.mark.parametrize(
    ("role", "meaning"),
    [
        (Role.AWARD_OFFICE, Who.OFFICE), (Role.SUPERVISOR, Who.SUPERVISOR), (Role.COMMITTEE_MEMBER, Who.COMMITTEE),
        (Role.RECOMMENDER, Who.RECOMMENDER),
    ],
)  # fmt: skip
def test_a_role_reaches_its_authority_or_its_round(case: Case, role: Role, meaning: Who) -> None:
    of_authority = make.officer(case.session, case.authority, role=role)
    of_round = make.person(case.session)
    make.grant(case.session, of_round, role, Scope.ROUND, case.round.id)
    elsewhere = make.officer(case.session, make.authority(case.session, "远山市人民政府"), role=role)
    wrong_scope = make.person(case.session)
    make.grant(case.session, wrong_scope, role, Scope.ROUND, case.round.id + 1000)
    make.grant(case.session, wrong_scope, role, Scope.ORGANISATION, case.authority.id)
    assert [case.who(one) for one in (of_authority, of_round, elsewhere, wrong_scope)] == [{meaning}, {meaning}, set(), set()]


@pytest.mark.parametrize(
    "role", [Role.JUDGE, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.TRAIL_ADMINISTRATOR, Role.APPLICANT]
)
def test_other_roles_stand_for_nothing_by_themselves(case: Case, role: Role) -> None:
    """A judge is one by his seat; administrators see no business data."""
    assert case.who(make.officer(case.session, case.authority, role=role)) == set()


def test_the_public_and_the_system_are_nobody(case: Case) -> None:
    for actor in (PUBLIC, SYSTEM):
        assert standing_of(case.session, actor, case.application, make.NOW) == Standing(frozenset({Who.PUBLIC}))
        assert standing_in_round(actor, case.round.id, case.authority.id).who == {Who.PUBLIC}


def test_an_owner_acts_for_his_organisation_only(case: Case) -> None:
    assert case.who(case.owner) == {Who.OWNER}
    assert case.standing(case.owner, case.another()).who == {Who.PUBLIC}


def test_a_judge_by_his_seat_and_his_declaration(case: Case) -> None:
    assert case.who(case.judge()) == {Who.ASSIGNED_JUDGE}
    assert case.who(case.judge(signed=True)) == {Who.CLEARED_JUDGE}
    assert case.who(case.judge(signed=True, leads=True)) == {Who.CLEARED_JUDGE, Who.PANEL_LEADER}
    # A leader is nothing more before he has signed.
    assert case.who(case.judge(leads=True)) == {Who.ASSIGNED_JUDGE}


@pytest.mark.parametrize("state", ["recused", "removed"])
def test_an_ended_seat_is_none(case: Case, state: str) -> None:
    assert case.who(case.judge(state=state, signed=True, leads=True)) == set()


def test_a_seat_on_one_panel_is_none_on_another(case: Case) -> None:
    judge = case.judge(signed=True)
    assert case.standing(judge, case.another()).who == {Who.PUBLIC}


def test_a_conflict_counts_whatever_else_somebody_is(case: Case) -> None:
    officer = make.officer(case.session, case.authority)
    judge = case.judge(signed=True, leads=True)
    other = case.another()
    for person in (officer, judge, case.owner):
        assert not case.standing(person).is_conflicted
        case.conflict(person)
        assert case.standing(person).is_conflicted
        assert not case.standing(person, other).is_conflicted


def test_a_conflict_closes_everything_at_once(case: Case) -> None:
    judge = case.judge(signed=True)
    stage = stage_now(case.round, make.NOW)
    assert decide(Action.SHEET_EDIT, stage, case.standing(judge)).allowed
    case.conflict(judge)
    assert [action for action in Action if decide(action, stage, case.standing(judge)).allowed] == []


def test_gate_and_correction_come_from_the_application(case: Case) -> None:
    plain = case.standing(case.owner)
    assert (plain.gate_open, plain.in_correction, plain.correction_over) == (False, False, False)
    case.application.gate_opened_at = make.NOW
    case.application.state, case.application.correction_due_at = "correction", make.NOW + timedelta(microseconds=1)
    found = case.standing(case.owner)
    assert (found.gate_open, found.in_correction, found.correction_over) == (True, True, False)
    case.application.correction_due_at = make.NOW
    assert case.standing(case.owner).correction_over


def test_a_right_that_ended_is_none(any_engine: Engine) -> None:
    """Grants are read with every request: from, until, revoked."""
    with transaction(any_engine) as session:
        case = Case(session)
        officer = make.officer(session, case.authority)
        session.refresh(officer, ["grants"])
        grant = officer.grants[0]
        assert case.who(officer) == {Who.OFFICE}
        grant.valid_until = make.NOW - timedelta(days=9999)
        assert case.who(officer) == set()
        grant.valid_until, grant.revoked_at = None, make.NOW
        assert case.who(officer) == set()


def test_who_acts_for_the_applicant_is_nothing_else_to_it(case: Case) -> None:
    """Deny overrides: a member of the office accepts no application of his own, and judges none."""
    officer = case.owner
    for role in (Role.AWARD_OFFICE, Role.SUPERVISOR):
        make.grant(case.session, officer, role, Scope.AUTHORITY, case.authority.id)
    assert case.who(officer) == {Who.OWNER}
    assert case.who(make.officer(case.session, case.authority)) == {Who.OFFICE}
    assert case.standing(officer, case.another()).who == {Who.PUBLIC, Who.OFFICE, Who.SUPERVISOR}
    judge = case.judge(signed=True, leads=True)
    make.grant(case.session, judge, Role.APPLICANT, Scope.ORGANISATION, case.organisation.id, case.authority.id)
    assert case.who(judge) == {Who.OWNER, Who.ASSIGNED_JUDGE}
