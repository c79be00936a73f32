"""Builds the demonstration round through the services; moves the clock of a demonstration database."""
