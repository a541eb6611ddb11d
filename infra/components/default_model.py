"""The deployment's own model service, for users without one of their own."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DefaultModel:
    """`base_url` is an OpenAI-compatible service's, up to and with `/v1`.

    `name` is asked for whatever a conversation says, for services that know only their own names.
    """

    base_url: str
    name: str | None = None

    def settings(self) -> dict[str, str]:
        """As functions are told."""
        named = {"PARLEY_MODEL_NAME": self.name} if self.name else {}
        return {"PARLEY_MODEL_BASE_URL": self.base_url, **named}
