"""One document of the whole REST API: valid, complete, and the same every time."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from infra import topology
from infra.openapi.examples import json_contents

PROJECT = Path(__file__).resolve().parents[3]
OPEN = {
    ("GET", "/"),
    ("GET", "/api/health"),
    ("GET", "/api/docs"),
    ("GET", "/api/openapi.json"),
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
}
type Document = dict[str, Any]


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_it_is_valid_openapi(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_it_has_exactly_the_routes_of_the_topology(document: Document) -> None:
    documented = [(method, path) for method, path, _ in operations(document)]

    assert sorted(documented) == sorted((route.method, route.path) for route in topology.ROUTES)


def test_all_but_the_open_doors_ask_for_a_token(document: Document) -> None:
    without = {(method, path) for method, path, each in operations(document) if "security" not in each}
    asked = [each["security"] for _, _, each in operations(document) if "security" in each]

    assert without <= OPEN
    assert len(without) + len(asked) == len(topology.ROUTES)
    assert all(security == [{"bearer": []}] for security in asked)
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_operation_has_a_name_a_summary_and_a_tag_of_its_own(document: Document) -> None:
    names = [each["operationId"] for _, _, each in operations(document)]
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}

    assert len(set(names)) == len(names)
    for method, path, each in operations(document):
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", each["operationId"])
        assert each["summary"].isascii(), f"{method} {path}"
        assert 0 < len(each["summary"]) < 70
        assert len(each["tags"]) == 1
        assert tags[each["tags"][0]]


def test_schemas_bear_plain_names_and_each_is_referred_to(document: Document) -> None:
    names = set(document["components"]["schemas"])
    used = {name.removeprefix("#/components/schemas/") for name in references(document)}

    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in names), names
    assert not [name for name in names if name.endswith(("Body", "Envelope"))]
    assert names <= used


def test_every_json_body_and_answer_has_an_example(document: Document) -> None:
    bare = [content for content in json_contents(document) if not content.keys() & {"example", "examples"}]

    assert bare == []


def test_every_parameter_is_described(document: Document) -> None:
    for method, path, each in operations(document):
        bare = [one["name"] for one in each["parameters"] if "$ref" not in one and not one.get("description")]
        assert bare == [], f"{method} {path}"


def test_a_parameter_is_never_null(document: Document) -> None:
    schemas = [
        parameter["schema"]
        for _, _, operation in operations(document)
        for parameter in operation["parameters"]
        if "$ref" not in parameter
    ]
    assert schemas
    assert [schema for schema in schemas if "anyOf" in schema or schema["type"] == "null"] == []


def test_every_post_but_auths_may_be_repeated_under_a_key(document: Document) -> None:
    for method, path, operation in operations(document):
        headers = [one["name"] for one in operation["parameters"] if one.get("in") == "header"]
        repeatable = method == "POST" and not path.startswith("/api/auth/")
        assert ("Idempotency-Key" in headers) == repeatable, f"{method} {path}"
        succeeded = [each for status, each in operation["responses"].items() if status < "300"]
        assert all(("Idempotency-Replayed" in each.get("headers", {})) == repeatable for each in succeeded)


def test_refusals_are_in_the_envelope_under_their_own_status(document: Document) -> None:
    shared = {
        f"#/components/responses/{name}": each for name, each in document["components"]["responses"].items()
    }
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                content = shared.get(response.get("$ref", ""), response)["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}
                for example in content["examples"].values():
                    assert example["value"]["code"] == int(status)
                    assert example["value"]["success"] is False


@pytest.mark.parametrize(
    ("operation_id", "statuses"),
    [
        ("checkHealth", set()),
        ("logIn", {"400", "401", "413", "422"}),
        ("logOut", {"401"}),
        ("listConversations", {"401", "422"}),
        ("getConversation", {"401", "404"}),
        ("sendMessage", {"400", "401", "404", "409", "413", "422"}),
    ],
)
def test_an_operation_names_the_refusals_that_it_can_give(
    document: Document, operation_id: str, statuses: set[str]
) -> None:
    (found,) = [each for _, _, each in operations(document) if each["operationId"] == operation_id]
    refusals = {status for status in found["responses"] if status >= "400"}

    assert refusals == statuses | {"429", "500", "502", "504"}


def test_each_process_writes_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        target = tmp_path / seed / "openapi.json"
        command = [sys.executable, "-m", "infra.openapi", str(target)]
        subprocess.run(command, cwd=PROJECT, env={"PYTHONHASHSEED": seed}, check=True)
        written.append(target.read_bytes())
        assert list(target.parent.iterdir()) == [target]

    assert written[0] == written[1]
