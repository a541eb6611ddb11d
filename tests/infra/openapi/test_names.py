"""What the document calls things."""

import pytest

from infra.openapi.names import rename_schemas, without_titles


def document(schemas, paths=None):
    return {"info": {"title": "Parley"}, "paths": paths or {}, "components": {"schemas": schemas}}


def test_a_schema_is_called_what_its_model_is_without_body():
    renamed = rename_schemas(
        document(
            {
                "Envelope_UserBody_": {
                    "title": "UserAnswer",
                    "properties": {"data": {"$ref": "#/components/schemas/UserBody"}},
                },
                "UserBody": {"title": "UserBody"},
            },
            {"/x": {"$ref": "#/components/schemas/Envelope_UserBody_"}},
        )
    )
    schemas = renamed["components"]["schemas"]
    assert list(schemas) == ["User", "UserAnswer"]
    assert schemas["UserAnswer"]["properties"]["data"]["$ref"] == "#/components/schemas/User"
    assert renamed["paths"]["/x"]["$ref"] == "#/components/schemas/UserAnswer"


def test_two_schemas_of_one_name_are_refused():
    with pytest.raises(ValueError, match="one name"):
        rename_schemas(document({"a": {"title": "UserBody"}, "b": {"title": "User"}}))


def test_titles_go_but_a_field_called_title_and_examples_stay():
    schema = {
        "title": "Conversation",
        "properties": {"title": {"type": "string", "title": "Title", "examples": ["x"]}},
        "examples": [{"title": "Tides"}],
    }
    cleaned = without_titles(document({"Conversation": schema}))
    assert cleaned["info"]["title"] == "Parley"
    assert cleaned["components"]["schemas"]["Conversation"] == {
        "properties": {"title": {"type": "string", "examples": ["x"]}},
        "examples": [{"title": "Tides"}],
    }
