"""The processor that functions run on, and the wheels that it takes."""

import platform
from enum import StrEnum

from aws_cdk import aws_lambda as lambda_


class Architecture(StrEnum):
    """Graviton costs a fifth less for the same time; x86-64 is for packages without wheels for it."""

    ARM_64 = "arm64"
    X86_64 = "x86_64"

    @classmethod
    def of_this_machine(cls) -> "Architecture":
        return cls.ARM_64 if platform.machine() in ("aarch64", "arm64") else cls.X86_64

    @property
    def wheel_platform(self) -> str:
        """Amazon Linux 2023, on which Lambda's Python 3.13 runs, has glibc 2.34.

        https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
        """
        return f"{'aarch64' if self is Architecture.ARM_64 else 'x86_64'}-manylinux_2_28"

    @property
    def of_lambda(self) -> lambda_.Architecture:
        return lambda_.Architecture.ARM_64 if self is Architecture.ARM_64 else lambda_.Architecture.X86_64


class UnknownArchitectureError(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no architecture {name!r}; choose one of: {', '.join(Architecture)}")


def architecture_named(name: str) -> Architecture:
    """Raises `UnknownArchitectureError`."""
    try:
        return Architecture(name)
    except ValueError:
        raise UnknownArchitectureError(name) from None
