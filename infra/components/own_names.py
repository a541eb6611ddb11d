"""Names for what cannot do without one, or is looked up by it, and that no other copy has."""

from aws_cdk import Stack
from constructs import Construct


def own_name(construct: Construct, kind: str) -> str:
    """Begins with the stack's name; the end tells constructs of one stack apart."""
    return f"{Stack.of(construct).stack_name}-{kind}-{construct.node.addr[-8:]}"
