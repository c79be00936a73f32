"""The steps from an empty database to the tables of today. award.kernel.migrating runs them."""
