"""What must be refused, cause by cause: hand-written tables, sent to the doors they are meant for."""
