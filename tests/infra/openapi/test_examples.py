"""Examples fit the schemas that they illustrate."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra.openapi.examples import MissingExampleError, json_contents, sample


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    examples = 0
    for content in json_contents(document):
        schema = {**content["schema"], "components": document["components"]}
        values = [each["value"] for each in content.get("examples", {}).values()]
        for value in [content["example"]] if "example" in content else values:
            Draft202012Validator(schema).validate(value)
            examples += 1
    assert examples > 20


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "examples": ["a", "b"], "default": "c"}, "a"),
        ({"type": "string", "default": "c", "enum": ["d"]}, "c"),
        ({"const": 3}, 3),
        ({"enum": ["x", "y"]}, "x"),
        ({"anyOf": [{"type": "string", "examples": ["a"]}, {"type": "null"}]}, "a"),
        ({"$ref": "#/components/schemas/Pair"}, {"left": "l", "right": [False]}),
        ({"type": "null"}, None),
        ({"type": "object"}, {}),
    ],
)
def test_a_sample_is_what_the_schema_says_first(schema: dict[str, Any], expected: Any) -> None:
    pair = {
        "type": "object",
        "properties": {
            "left": {"type": "string", "examples": ["l"]},
            "right": {"type": "array", "items": {"type": "boolean"}},
        },
    }
    assert sample(schema, {"Pair": pair}) == expected


def test_a_field_without_any_example_is_not_made_up() -> None:
    with pytest.raises(MissingExampleError):
        sample({"type": "object", "properties": {"name": {"type": "string"}}}, {})
