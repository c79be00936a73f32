"""Tables that leave as spreadsheets and come in as such: typed columns, no formula out, no surprise in."""
