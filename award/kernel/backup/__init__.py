"""Copies of a whole installation in one file, made while it serves, and their way back."""
