"""The HTTP side that every REST function shares: envelope, errors, languages, the current user."""
