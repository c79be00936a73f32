"""The pool of judges, their declarations, who is assigned to what, and who replaces whom."""
