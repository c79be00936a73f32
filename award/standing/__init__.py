"""How a person stands to a round and to an application: grants, conflicts, declarations, assignments."""
