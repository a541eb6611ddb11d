"""The document's own names: not what our classes are called, and no titles that only repeat a name."""

from typing import Any

from parley.http.envelope import public_class_name

_PREFIX = "#/components/schemas/"
_NOT_SCHEMAS = frozenset({"default", "example", "examples", "value"})


def without_titles(document: dict[str, Any]) -> dict[str, Any]:
    """pydantic gives each schema a title made of its name; a field that is called `title` stays."""
    components = {**document["components"], "schemas": _untitled(document["components"]["schemas"])}
    return {**document, "paths": _untitled(document["paths"]), "components": components}


def _untitled(node: Any) -> Any:
    if isinstance(node, list):
        return [_untitled(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if key in _NOT_SCHEMAS else _untitled(value)
        for key, value in node.items()
        if key != "title" or isinstance(value, dict)
    }


def rename_schemas(document: dict[str, Any]) -> dict[str, Any]:
    """To what their models are titled; what is no model keeps its name.

    Raises `ValueError` where two would be called the same.
    """
    schemas = document["components"]["schemas"]
    names = {name: public_class_name(schema.get("title", name)) for name, schema in schemas.items()}
    if len(set(names.values())) < len(names):
        raise ValueError(f"two schemas of one name among {sorted(names.values())}")
    renamed = {public: schemas[name] for name, public in names.items()}
    document["components"]["schemas"] = dict(sorted(renamed.items()))
    referring: dict[str, Any] = _with_references(document, names)
    return referring


def _with_references(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_with_references(each, names) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref", "")
    if isinstance(reference, str) and reference.startswith(_PREFIX):
        name = reference.removeprefix(_PREFIX)
        return {**node, "$ref": _PREFIX + names.get(name, name)}
    return {key: _with_references(value, names) for key, value in node.items()}
