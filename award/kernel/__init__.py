"""What any such application needs and no award office would recognise."""
