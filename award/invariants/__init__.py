"""What must hold in every database, whatever has been done: asked of the tables themselves, without the services."""
