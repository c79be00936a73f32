"""Rows of rendered documents: wanted by an act, rendered by the press, kept as files."""
