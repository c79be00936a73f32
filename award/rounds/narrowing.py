"""What the rules of an award close of the stage table: some acts everywhere, some in some of its stages. Pure."""

from collections.abc import Mapping

from award.kernel.actor import Action
from award.regulations.model import Scheme
from award.stages import CERTIFYING, REPORTING, TABLE, Kind, Who


def closed_everywhere(scheme: Scheme) -> frozenset[Action]:
    """Acts the rules of an award provide for in no stage."""
    without = (frozenset() if scheme.feedback_reports else REPORTING) | (frozenset() if scheme.certificate else CERTIFYING)
    return without if scheme.application.corrections else without | {Action.APPLICATION_RETURN}


def closed_in(scheme: Scheme, kind: Kind) -> frozenset[Action]:
    """Acts the stage table grants in a stage and the rules of an award close there."""
    closed = set(closed_everywhere(scheme))
    order = [one.kind for one in scheme.stages]
    if order.index(kind) > order.index(scheme.application.withdraw_until):
        closed.add(Action.APPLICATION_WITHDRAW)
    if scheme.stage(kind).held != "paper":
        closed.add(Action.OUTCOME_RECORD)
    if kind == Kind.NOTICE and Kind.DELIBERATE in order:
        # The committee's part of the round has ended.
        closed |= {Action.CONFLICT_DECLARE, Action.RESULT_CONSULT}
    if kind == Kind.ACCEPT and not scheme.application.corrections:
        closed |= {Action.APPLICATION_EDIT, Action.APPLICATION_SUBMIT}
    return frozenset(closed & TABLE[kind].grants.keys())


def grants_in(scheme: Scheme, kind: Kind) -> Mapping[Action, frozenset[Who]]:
    """What is open to whom in a stage under the rules of an award."""
    closed = closed_in(scheme, kind)
    return {action: who for action, who in TABLE[kind].grants.items() if action not in closed}


NARROWED = frozenset({
    Action.APPLICATION_RETURN, Action.APPLICATION_WITHDRAW, Action.CONFLICT_DECLARE, Action.OUTCOME_RECORD, Action.RESULT_CONSULT,
    *REPORTING, *CERTIFYING,
})
"""Acts that the rules of some award may close, for a table that is of no award."""
