"""Bodies longer than an item, in parts."""

# An item holds 400 KB with its attribute names; the rest of an item is far below what this leaves.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
PART_BYTES = 380_000


def split_body(body: bytes) -> list[bytes]:
    """At least one part, though it be empty."""
    return [body[start : start + PART_BYTES] for start in range(0, max(1, len(body)), PART_BYTES)]
