"""Papers: which there are, who may have each, making one or all of a round, and a round's bundle."""
