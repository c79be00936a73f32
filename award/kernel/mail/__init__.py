"""Messages as rows: an act wants one in its own transaction, the worker writes and sends it."""
