"""Parley's first-party package: everything that its Lambda functions share."""

__version__ = "0.1.0"
