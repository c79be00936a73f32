"""Pure numbers over plain values: totals, combination, ranking. No I/O, no clock, no global randomness."""
