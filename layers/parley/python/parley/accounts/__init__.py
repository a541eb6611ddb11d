"""Who is who: registration, log-in, sessions."""
