"""What can be done in judging. Each function is one whole act: check, change, record."""
