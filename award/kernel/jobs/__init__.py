"""Work done after the answer has left: rows that a worker claims, and whose effect happens once."""
