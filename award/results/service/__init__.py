"""What can be done with results. Each function is one whole act: check, change, record."""
