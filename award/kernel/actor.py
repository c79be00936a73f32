"""Who is acting, in which roles, and the names of all acts."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a grant makes of a person. System roles see no business data; they exclude each other and all others."""

    APPLICANT = "applicant"
    AWARD_OFFICE = "award_office"
    COMMITTEE_MEMBER = "committee_member"
    JUDGE = "judge"
    READER = "reader"
    RECOMMENDER = "recommender"
    SECURITY_ADMINISTRATOR = "security_administrator"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    TRAIL_ADMINISTRATOR = "trail_administrator"
    WRITER = "writer"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.TRAIL_ADMINISTRATOR})


APPLICANTS = frozenset({Role.APPLICANT, Role.WRITER, Role.READER})
"""Whoever works on an application for the applicant. Writers and readers only on the one they were invited to."""


class Scope(StrEnum):
    """What a grant reaches."""

    APPLICATION = "application"
    AUTHORITY = "authority"
    ORGANISATION = "organisation"
    ROUND = "round"
    SYSTEM = "system"


class TokenScope(StrEnum):
    """What a personal token for the API may be used for, `verb:things`, in alphabetical order."""

    READ_APPLICATIONS = "read:applications"
    READ_DOCUMENTS = "read:documents"
    READ_ORGANISATIONS = "read:organisations"
    READ_RESULTS = "read:results"
    READ_ROUNDS = "read:rounds"
    READ_SHEETS = "read:sheets"
    WRITE_APPLICATIONS = "write:applications"
    WRITE_SHEETS = "write:sheets"


@dataclass(frozen=True)
class Held:
    """A grant in force: a role in a scope. scope_id: inner number of the authority, round, organisation or application; 0 = system.

    authority_id: before whose office somebody acts for an organisation; 0 for all other roles.
    """

    role: Role
    scope: Scope
    scope_id: int = 0
    authority_id: int = 0


@dataclass(frozen=True)
class Actor:
    """Who asks. person_id is None for the public. session: hash that names the sign-in in the trail."""

    person_id: int | None
    public_id: str
    name: str
    language: str
    held: frozenset[Held] = frozenset()
    session: str = ""
    address: str = ""
    request_id: str = ""
    unread: int = 0
    """How many of his messages he has not opened, as the head of every page says."""

    @property
    def is_signed_in(self) -> bool:
        """Whether this is a person at all."""
        return self.person_id is not None

    @property
    def roles(self) -> frozenset[Role]:
        """All roles in any scope."""
        return frozenset(held.role for held in self.held)

    def has(self, role: Role, scope: Scope, scope_id: int) -> bool:
        """Whether the role is held in exactly this scope."""
        return Held(role, scope, scope_id) in self.held

    def acts_for(self, organisation_id: int, authority_id: int) -> bool:
        """Whether he acts for an organisation before the office of this authority; what another has seen counts nothing."""
        return Held(Role.APPLICANT, Scope.ORGANISATION, organisation_id, authority_id) in self.held

    def scopes_of(self, role: Role, scope: Scope) -> frozenset[int]:
        """The ids in which the role is held."""
        return frozenset(held.scope_id for held in self.held if held.role == role and held.scope == scope)


PUBLIC = Actor(None, "", "", "zh")
SYSTEM = Actor(None, "system", "system", "zh")
"""The worker and the operator's commands, where no person stands behind the act."""


class Action(StrEnum):
    """Everything that is allowed or refused, `thing:verb`, in alphabetical order."""

    APPLICATION_ACCEPT = "application:accept"
    APPLICATION_EDIT = "application:edit"
    APPLICATION_ENTER = "application:enter"
    APPLICATION_LIST = "application:list"
    APPLICATION_READ = "application:read"
    APPLICATION_REFUSE = "application:refuse"
    APPLICATION_RETURN = "application:return"
    APPLICATION_SHARE = "application:share"
    APPLICATION_START = "application:start"
    APPLICATION_SUBMIT = "application:submit"
    APPLICATION_WITHDRAW = "application:withdraw"
    APPROVAL_RECORD = "approval:record"
    CERTIFICATE_ISSUE = "certificate:issue"
    CERTIFICATE_REVOKE = "certificate:revoke"
    CONFLICT_DECLARE = "conflict:declare"
    DECLARATION_SIGN = "declaration:sign"
    FEEDBACK_ACKNOWLEDGE = "feedback:acknowledge"
    FEEDBACK_READ = "feedback:read"
    FEEDBACK_RELEASE = "feedback:release"
    FEEDBACK_WAIVE = "feedback:waive"
    FEEDBACK_WRITE = "feedback:write"
    JUDGE_ASSIGN = "judge:assign"
    JUDGE_REPLACE = "judge:replace"
    MESSAGE_READ = "message:read"
    MESSAGE_SEND = "message:send"
    NOTICE_PUBLISH = "notice:publish"
    OBJECTION_ANSWER = "objection:answer"
    OBJECTION_FILE = "objection:file"
    OUTCOME_RECORD = "outcome:record"
    RESULT_CONSULT = "result:consult"
    RESULT_DECIDE = "result:decide"
    RESULT_PROPOSE = "result:propose"
    RESULT_PUBLISH = "result:publish"
    RESULT_READ = "result:read"
    ROUND_ADVANCE = "round:advance"
    ROUND_EDIT = "round:edit"
    ROUND_READ = "round:read"
    SHEET_EDIT = "sheet:edit"
    SHEET_READ = "sheet:read"
    SHEET_RETURN = "sheet:return"
    SHEET_SUBMIT = "sheet:submit"
    SHEETS_READ = "sheets:read"
    STAGE_EXTEND = "stage:extend"
    TRAIL_READ = "trail:read"
