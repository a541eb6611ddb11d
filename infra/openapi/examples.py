"""Examples of whole bodies and answers, composed of those that the schemas give for their fields."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

_SCHEMAS = "#/components/schemas/"


class MissingExampleError(ValueError):
    """A field has neither an example nor anything from which one follows."""


def add_examples(document: dict[str, Any]) -> None:
    """To every JSON body and answer; one whose fields give too few stays without, and a test names it."""
    schemas = document["components"]["schemas"]
    for content in json_contents(document):
        if not content.keys() & {"example", "examples"}:
            with suppress(MissingExampleError):
                content["example"] = sample(content["schema"], schemas)


def json_contents(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        for operation in methods.values():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                if content := holder.get("content", {}).get("application/json"):
                    yield content


def sample(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The first example, else what the schema says itself: a constant, a default, its parts.

    Raises `MissingExampleError`.
    """
    if "examples" in schema:
        return schema["examples"][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if reference := schema.get("$ref"):
        return sample(schemas[reference.removeprefix(_SCHEMAS)], schemas)
    if alternatives := schema.get("anyOf", schema.get("oneOf")):
        return sample(alternatives[0], schemas)
    return _of_type(schema, schemas)


def _of_type(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            return {name: sample(field, schemas) for name, field in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"], schemas)]
        case "boolean":
            return False
        case "null":
            return None
    raise MissingExampleError(schema)
