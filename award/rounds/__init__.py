"""Authority, award, round: the frozen rules of a round, its dated stages, its calendar, its public snapshots."""
