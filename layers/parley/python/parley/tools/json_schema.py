"""JSON Schemas of tools' arguments, without what a model need not read."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema


class _WithoutTitles(GenerateJsonSchema):
    """Titles repeat the names, and a model's service bills every token of a schema."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


@cache
def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_WithoutTitles)
    schema.pop("title", None)
    return schema
