"""Pages about people, for administrators and award offices: who holds what, invitations, new passwords."""
