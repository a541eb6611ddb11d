"""How long a model's service is waited for."""

from dataclasses import dataclass, field

from parley.models.retries import RetryBudget

# What may still come after the reply is complete is usage, the end mark and the end of the body.
TRAILER_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """A model may think for long before its first byte, but not fall silent for as long once it speaks."""

    connect_timeout_seconds: float = 10.0
    first_byte_timeout_seconds: float = 300.0
    idle_timeout_seconds: float = 120.0
    retry: RetryBudget = field(default_factory=RetryBudget)
