"""Properties are checked without a deadline: what they search through takes its time on a busy machine."""

from hypothesis import settings

settings.register_profile("scoring", deadline=None)
settings.load_profile("scoring")
