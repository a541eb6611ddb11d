"""What lies behind an error."""

from collections.abc import Iterator


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error itself, and what caused it, down to the first."""
    while error is not None:
        yield error
        # One for each of the addresses that a name has.
        if isinstance(error, BaseExceptionGroup):
            for single in error.exceptions:
                yield from causes(single)
        error = error.__cause__ or error.__context__
