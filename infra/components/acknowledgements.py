"""Where the product knowingly differs from a rule of one of cdk-nag's packs, with the reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, *, reason: str, pack: str = "AwsSolutions") -> None:
    """For the construct and all below it. `rule` is as cdk-nag names it, without the pack's name."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"{pack}::{pack}-{rule}", reason=reason))
