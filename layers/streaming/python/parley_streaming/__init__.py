"""Response streaming for Python on Lambda: a runtime loop and an ASGI adapter."""
