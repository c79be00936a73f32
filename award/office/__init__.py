"""Running a round: dashboard, exit checks, advancing, extensions, trail pages, the permission page."""
