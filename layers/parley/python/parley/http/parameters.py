"""Headers that are read for many operations at once, told to the OpenAPI document in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParameter:
    """`applies` is asked with a method and a path."""

    description: dict[str, Any]
    applies: Callable[[str, str], bool]


PARAMETERS = {
    "AcceptLanguage": SharedParameter(
        description={
            "name": "Accept-Language",
            "in": "header",
            "description": "`zh` (the default) or `en`, also with regions and weights, for what people read.",
            "schema": {"type": "string", "default": "zh"},
            "example": "en",
        },
        applies=lambda _method, _path: True,
    ),
}
