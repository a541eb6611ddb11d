"""The deployment's own model service, for users without one of their own."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DefaultModel:
    """`base_url` is an OpenAI-compatible service's, up to and with `/v1`.

    `name` is asked for whatever a conversation says, for services that know only their own names.
    `api_key_parameter` is the name of a SecureString in Parameter Store.
    """

    base_url: str
    name: str | None = None
    api_key_parameter: str | None = None

    def settings(self) -> dict[str, str]:
        """As functions are told."""
        named = {"PARLEY_MODEL_NAME": self.name} if self.name else {}
        return {"PARLEY_MODEL_BASE_URL": self.base_url, **named}

    def secret_parameters(self) -> dict[str, str]:
        """By the setting whose value each holds."""
        return {"PARLEY_MODEL_API_KEY": self.api_key_parameter} if self.api_key_parameter else {}
