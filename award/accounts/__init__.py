"""People, sign-in, sessions, grants and invitations."""
