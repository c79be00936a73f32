"""A committee's vote, counted in whole numbers."""


def votes_needed(present: int, passes: tuple[int, int], *, more_than: bool = False) -> int:
    """The least number of yes that reaches the share `passes` (numerator, denominator) of those present.

    more_than: the share itself is not enough, as in "more than half" (过半数).
    """
    _check(present, passes)
    if more_than and passes[0] == passes[1]:
        raise ValueError("nobody gets more than all votes")
    return passes[0] * present // passes[1] + 1 if more_than else _share_up(present, passes)


def is_quorate(present: int, members: int, quorum: tuple[int, int]) -> bool:
    """Whether at least the share `quorum` (numerator, denominator) of all members is present, and anybody at all."""
    _check(members, quorum)
    return present > 0 and present >= _share_up(members, quorum)


def vote_passes(
    yes: int, present: int, members: int, passes: tuple[int, int], quorum: tuple[int, int], *, more_than: bool = False
) -> bool:
    """Whether a vote passes: quorate, and yes from at least the share `passes` of those present.

    present: who is there and not recused; an abstention is present and not a yes. members: all who have a vote.
    passes, quorum: numerator and denominator, as the scheme gives them. more_than: yes must be more than `passes`.
    Raises ValueError for numbers that cannot be (more yes than present, more present than members).
    """
    if not 0 <= yes <= present <= members:
        raise ValueError("yes, present and members do not fit together")
    return is_quorate(present, members, quorum) and yes >= votes_needed(present, passes, more_than=more_than)


def _share_up(whole: int, share: tuple[int, int]) -> int:
    return -(-share[0] * whole // share[1])


def _check(whole: int, share: tuple[int, int]) -> None:
    if whole < 0 or not 0 < share[0] <= share[1]:
        raise ValueError("a share lies above 0 and at most at 1, of a number that is not negative")
