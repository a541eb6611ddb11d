"""Requests and answers of the providers resource. A key is only ever in a request."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from parley.chat.provider_trials import ProviderTrial
from parley.domain.providers import MAX_MODELS, MAX_MODELS_CHARACTERS, Provider, ProviderKind
from parley.http.fields import Count, ModelName, RequestBody, Timestamp, UserId, without_defaults

# Keys and addresses are pasted, with what stood around them.
_SPACE = "\t\n\r "


def _trimmed(text: str) -> str:
    return text.strip(_SPACE)


def _none_if_empty(value: Any) -> Any:
    """What a form sends whose field was left empty."""
    return _trimmed(value) or None if isinstance(value, str) else value


def _each_once(names: list[str]) -> list[str]:
    names = list(dict.fromkeys(names))
    if sum(map(len, names)) > MAX_MODELS_CHARACTERS:
        raise PydanticCustomError(
            "names_too_long",
            "All names together hold at most {max_characters} characters",
            {"max_characters": MAX_MODELS_CHARACTERS},
        )
    return names


ProviderId = Annotated[str, Field(examples=["prov_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["DeepSeek"])]
Kind = Annotated[
    ProviderKind,
    Field(
        strict=False,
        description="What its service speaks: `openai` is every service that is compatible with OpenAI's; "
        "`bedrock` answers where the deployment names a region for it; `demo` follows a script.",
    ),
]
Url = Annotated[str, Field(max_length=2_000, examples=["https://api.deepseek.com/v1"])]
BaseUrl = Annotated[
    Url | None,
    BeforeValidator(_none_if_empty),
    Field(
        description="The root of its API, at a public address; null: the kind's own service. "
        "`bedrock` and `demo` have none, and ignore one.",
    ),
]
# KMS encrypts up to 4,096 bytes. A key travels in a header: visible ASCII.
ApiKey = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4_000,
        pattern=rf"^[{_SPACE}]*[!-~]([ -~]*[!-~])?[{_SPACE}]*$",
        description="Kept encrypted, and never shown again but for its end.",
        examples=["sk-0123456789abcdef"],
        json_schema_extra={"format": "password", "writeOnly": True},
    ),
    AfterValidator(_trimmed),
]
Models = Annotated[
    list[ModelName],
    Field(
        max_length=MAX_MODELS,
        description=f"The names that it answers, at most {MAX_MODELS_CHARACTERS:,} characters in all. "
        "The first is asked for where a conversation bears the API's default model.",
        examples=[["deepseek-chat"]],
    ),
]
IsDefault = Annotated[
    bool, Field(description="Whether it answers what no provider lists. Takes the place of the one before.")
]
Enabled = Annotated[bool, Field(description="Whether it answers at all.", examples=[True])]


class CreateProviderRequest(RequestBody):
    name: Name
    kind: Kind = ProviderKind.OPENAI
    base_url: BaseUrl = None
    api_key: Annotated[ApiKey | None, Field(repr=False)] = None
    models: Annotated[Models, AfterValidator(_each_once)] = Field(default_factory=list)
    is_default: IsDefault = False
    enabled: Enabled = True


class ChangeProviderRequest(CreateProviderRequest):
    """What is not given stays. Null clears `api_key`, and makes `base_url` the kind's own again.

    A new kind without a `base_url` has its own one.
    """

    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: Name = Field(default_factory=str)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ProviderBody(BaseModel):
    id: ProviderId
    user_id: UserId
    name: Name
    kind: Kind
    base_url: Annotated[Url | None, Field(description="Null for `bedrock` and `demo`.")]
    api_key_hint: Annotated[
        str | None,
        Field(description="The end of the key, where it is long enough; null: no key.", examples=["…cdef"]),
    ]
    models: Models
    is_default: IsDefault
    enabled: Enabled
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, provider: Provider) -> Self:
        return cls.model_validate(provider, from_attributes=True)


class ProviderTrialBody(BaseModel):
    ok: Annotated[bool, Field(examples=[True])] = True
    latency_ms: Annotated[Count, Field(description="Of the small call, to its end.", examples=[640])]
    models: Annotated[
        list[str],
        Field(
            description="What the service lists; where it lists none, the provider's own names.",
            examples=[["deepseek-chat", "deepseek-reasoner"]],
        ),
    ]

    @classmethod
    def of(cls, trial: ProviderTrial) -> Self:
        return cls(latency_ms=trial.latency_ms, models=trial.models)
