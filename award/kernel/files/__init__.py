"""Stored files: content under its hash, a row per upload, and everything that is refused before it is kept."""
