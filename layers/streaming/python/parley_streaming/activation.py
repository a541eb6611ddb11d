"""Whether this process runs under a runtime that can stream. Set once, by that runtime."""


class _Runtime:
    streams = False


def activate() -> None:
    _Runtime.streams = True


def streaming_is_active() -> bool:
    return _Runtime.streams
