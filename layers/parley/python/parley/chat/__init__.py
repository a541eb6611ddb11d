"""The engine: runs a reply from the history window to its last event, and keeps it."""
