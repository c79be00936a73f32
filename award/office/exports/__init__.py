"""Every list of the office as a table: the same query, the same filter and the same policy as its page."""
