"""What every page shares: session, forms, CSRF, guards, rendering, errors, static files."""
