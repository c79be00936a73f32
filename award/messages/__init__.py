"""Messages to people: everybody's inbox, reminders before deadlines, bulk mail of an office, and the log of it all."""
