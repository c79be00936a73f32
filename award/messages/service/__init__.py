"""What can be done with messages. Each function is one whole act: check, change, record."""
