"""decide(): may this actor, standing so, do this now? The answer carries its reason. Deny overrides every grant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from award.kernel.actor import Action
from award.kernel.errors import NotFound, Refused
from award.kernel.i18n import N_, Phrase, format_moment, translate
from award.stages import APPLICANTS, DEADLINE_BOUND, TABLE, Stage, StageNow, Who, stages_with
from award.words import ACTIONS


@dataclass(frozen=True)
class Standing:
    """How an actor stands to a round, or to an application in it.

    gate_open: all valid sheets of the application are in. values_seen: they have been at some time, though a recusal may
    have closed the gate again.
    in_correction: the office has returned the application to its owner; correction_over: his time for it has ended.
    """

    who: frozenset[Who]
    is_conflicted: bool = False
    gate_open: bool = False
    values_seen: bool = False
    in_correction: bool = False
    correction_over: bool = False


@dataclass(frozen=True)
class Decision:
    """Allowed, or why not. hides: the actor must not learn that the thing exists. text: English msgid; params fill it."""

    allowed: bool
    code: str = ""
    text: str = ""
    status: int = 403
    hides: bool = False
    params: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The reason in words, "" where it is allowed."""
        return translate(language, self.text, self.params) if self.text else ""


ALLOWED = Decision(True)
HIDDEN = Decision(False, "not_found", hides=True, status=404)
_CLOSED = N_("This closed at {closes_at} (server time). What you wrote is kept and can still be read and downloaded.")
_OVER = {
    Action.SHEET_RETURN: N_(
        "Sheets were taken until {closes_at}: one returned now could not be submitted again. The award office can extend the stage first."
    )
}
"""What is said in place of it where nothing was being written."""
_NEEDS_GATE = frozenset({Action.SHEETS_READ, Action.FEEDBACK_READ, Action.FEEDBACK_WRITE})


def decide(action: Action, stage: StageNow, standing: Standing) -> Decision:
    """Whether the action is open to this standing in this stage at this moment."""
    if standing.is_conflicted:
        return HIDDEN
    granted = TABLE[stage.kind].grants.get(action, frozenset())
    if not granted & standing.who or action in stage.without:
        return _why_not(action, stage, standing)
    if action in (Action.APPLICATION_EDIT, Action.APPLICATION_SUBMIT) and stage.kind == "accept":
        return _correction(standing)
    if action in DEADLINE_BOUND:
        if not stage.has_opened:
            opens = Moment(stage.opens_at, stage.zone, opening=True)
            return _closed("stage.not_open", N_("This opens at {opens_at}. Come back then."), opens_at=opens)
        if stage.is_over:
            return _closed("stage.over", _OVER.get(action, _CLOSED), closes_at=Moment(stage.closes_at, stage.zone))
    if action in _NEEDS_GATE and not standing.gate_open:
        return Decision(
            False, "gate.closed", N_("Values can be seen once all score sheets of this application are in."), 409
        )
    if action == Action.SHEET_RETURN and (standing.gate_open or standing.values_seen):
        return _seen(standing)
    return ALLOWED


def actions_of(actions: Iterable[Action], stage: StageNow, standing: Standing) -> dict[str, str]:
    """For programs: each action with "allowed" or the code of the reason why not."""
    decisions = {action: decide(action, stage, standing) for action in actions}
    return {action.value: "allowed" if one.allowed else one.code for action, one in decisions.items()}


def _closed(code: str, text: str, **params: object) -> Decision:
    return Decision(False, code, text, 409, params=params)


def _seen(standing: Standing) -> Decision:
    if standing.gate_open:
        return Decision(False, "gate.open", N_("All sheets of this application are in; none can be returned any more."), 409)
    text = N_("The sheets of this application have been seen already; none can be returned any more.")
    return Decision(False, "gate.was_open", text, 409)


def _stages_for(action: Action, standing: Standing) -> list[Stage]:
    """The stages in which an act is open to such a standing."""
    return [TABLE[kind] for kind in stages_with(action) if TABLE[kind].grants[action] & standing.who]


def _why_not(action: Action, stage: StageNow, standing: Standing) -> Decision:
    grants = TABLE[stage.kind].grants
    may_sign = Who.ASSIGNED_JUDGE in standing.who and Who.ASSIGNED_JUDGE in grants.get(Action.DECLARATION_SIGN, frozenset())
    if may_sign and Who.CLEARED_JUDGE in grants.get(action, frozenset()):
        return Decision(False, "declaration.unsigned", N_("Sign the conflict-of-interest declaration to see the application."))
    elsewhere = _stages_for(action, standing)
    act = Phrase(ACTIONS[action])
    here = [one for one in elsewhere if one.kind in stage.kinds]
    if elsewhere and (action in stage.without or not here):
        return _closed("scheme.without", N_("The rules of this award do not provide for “{act}”."), act=act)
    if elsewhere:
        text = N_("“{act}” is not open in the stage “{stage}”. Stages in which it is: {stages}.")
        stages = [_title(stage, one) for one in here]
        return _closed("stage.wrong", text, act=act, stage=_title(stage, TABLE[stage.kind]), stages=stages)
    if not standing.who - {Who.PUBLIC}:
        return HIDDEN
    if standing.who & APPLICANTS and any(Who.OWNER in TABLE[kind].grants[action] for kind in stages_with(action)):
        text = N_("Your role in this application does not include “{act}”. Ask its responsible person.")
        return Decision(False, "role.not_responsible", text, params={"act": act})
    text = N_("Your role does not include “{act}”. The award office can tell you whose it is.")
    return Decision(False, "role.cannot", text, params={"act": act})


def _title(stage: StageNow, of: Stage) -> object:
    """What people of the round know a stage by: as its scheme calls it."""
    return stage.titles.get(of.kind, Phrase(of.title))


def _correction(standing: Standing) -> Decision:
    if not standing.in_correction:
        return Decision(False, "application.closed", N_("A submitted application can only be changed when the office returns it."), 409)
    if standing.correction_over:
        return Decision(False, "correction.over", N_("The time for the correction has ended. Ask the award office."), 409)
    return ALLOWED


def require(action: Action, stage: StageNow, standing: Standing) -> None:
    """Raises NotFound where the thing is hidden, Refused with the reason where the act is not open."""
    enforce(decide(action, stage, standing))


def enforce(decision: Decision) -> None:
    """As `require`, of a decision that was made already."""
    if decision.allowed:
        return
    if decision.hides:
        raise NotFound
    raise Refused(decision.code, decision.text, status=decision.status, **decision.params)


@dataclass(frozen=True)
class Moment:
    """A moment as a parameter of a sentence: shown in the reader's language on the authority's clock."""

    at: datetime | None
    zone: str
    opening: bool = False

    def in_language(self, language: str) -> str:
        """The wall-clock moment with its zone, or a dash where it is not dated."""
        if self.at is None:
            return "—"
        return format_moment(language, self.at, self.zone, with_zone=True, opening=self.opening)
