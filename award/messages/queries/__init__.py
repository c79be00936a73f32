"""Reading messages and their receivers."""
