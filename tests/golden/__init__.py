"""Documents: text, pages, fonts, geometry, and what must not get in."""
