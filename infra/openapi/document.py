"""Merges the routers, and tells of each operation what is true of all of its kind."""

import json
import os
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from infra import topology
from infra.openapi.examples import add_examples
from infra.openapi.failures import shared_responses, with_shared_failures
from infra.openapi.names import rename_schemas, without_titles
from infra.openapi.texts import ACCEPT_LANGUAGE, DESCRIPTION, REPLAYED_HEADER, SUMMARY
from parley import __version__
from parley.http.envelope import ErrorEnvelope

type Document = dict[str, Any]


def write_document(target: Path) -> None:
    """The same bytes for the same sources; whole or not at all, also where several write at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(build_document(), ensure_ascii=False, separators=(",", ":")), "utf-8")
    unfinished.chmod(0o644)  # an umask must not change an asset
    unfinished.replace(target)


def build_document() -> Document:
    document = _merged().openapi()
    document["components"] |= {
        "schemas": _with_envelope(document["components"]["schemas"]),
        "responses": shared_responses(),
        "parameters": {"AcceptLanguage": ACCEPT_LANGUAGE},
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            _complete(operation)
    document = without_titles(rename_schemas(document))
    add_examples(document)
    return document


def _merged() -> FastAPI:
    functions = list(dict.fromkeys(route.function for route in topology.ROUTES))
    routes = {name: import_module(f"functions.{name}.routes") for name in functions}
    app = FastAPI(
        title="Parley",
        summary=SUMMARY,
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        # Where this document was read: the root of the API, also behind a stage's prefix.
        servers=[{"url": "..", "description": "The deployment that this document comes from"}],
        openapi_tags=[{"name": name, "description": module.__doc__} for name, module in routes.items()],
        generate_unique_id_function=_operation_id,
    )
    for name, module in routes.items():
        app.include_router(module.router, tags=[name])
    return app


def _operation_id(route: APIRoute) -> str:
    first, *others = route.name.split("_")
    return first + "".join(word.title() for word in others)


def _with_envelope(schemas: dict[str, Any]) -> dict[str, Any]:
    """The errors' envelope in the place of the framework's own schemas, which no answer has."""
    kept = {name: schemas[name] for name in schemas if name not in ("HTTPValidationError", "ValidationError")}
    envelope = ErrorEnvelope.model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    return {**kept, **envelope.pop("$defs"), "ErrorEnvelope": envelope}


def _complete(operation: dict[str, Any]) -> None:
    """A docstring's first line is the summary, what follows the description."""
    summary, _, description = operation.pop("description", "").partition("\n")
    operation["summary"] = summary or operation["summary"]
    if description.strip():
        operation["description"] = description.strip()
    parameters = [_completed(parameter) for parameter in operation.get("parameters", [])]
    operation["parameters"] = [*parameters, {"$ref": "#/components/parameters/AcceptLanguage"}]
    is_repeatable = any(parameter["name"] == "Idempotency-Key" for parameter in parameters)
    for status, response in operation["responses"].items():
        if response["description"] == "Successful Response":
            response["description"] = HTTPStatus(int(status)).phrase
        if is_repeatable and status < "300":
            response["headers"] = {"Idempotency-Replayed": REPLAYED_HEADER}
    operation["responses"] = with_shared_failures(operation)


def _completed(parameter: dict[str, Any]) -> dict[str, Any]:
    """A header is called as people write it; a parameter that is not given is never null: it is not there."""
    name, schema = parameter["name"], parameter["schema"]
    if "anyOf" in schema:
        (only,) = [each for each in schema["anyOf"] if each != {"type": "null"}]
        schema = {**{key: value for key, value in schema.items() if key != "anyOf"}, **only}
    return {**parameter, "name": name.title() if parameter["in"] == "header" else name, "schema": schema}
