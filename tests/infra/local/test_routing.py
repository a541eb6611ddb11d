import pytest

from infra.local.routing import Router
from infra.topology import Route

ROUTER = Router(
    [
        Route(method="GET", path="/", function="root"),
        Route(method="GET", path="/things/{id}", function="thing"),
        Route(method="POST", path="/things/stream", function="stream"),
        Route(method="GET", path="/things", function="things"),
        Route(method="POST", path="/things", function="things"),
        Route(method="GET", path="/things/{id}/parts/{part}", function="part"),
    ]
)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/", "/"),
        ("", "/"),
        ("/things", "/things"),
        ("/things/", "/things"),
        ("/things/a", "/things/{id}"),
        ("/things/a/", "/things/{id}"),
        ("/things/stream", "/things/stream"),
        ("/things/stream/parts/x", "/things/{id}/parts/{part}"),
    ],
)
def test_a_path_finds_its_resource_with_and_without_a_trailing_slash(path: str, resource: str) -> None:
    match = ROUTER.match(path)
    assert match is not None
    assert match.resource.path == resource


@pytest.mark.parametrize("path", ["/nothing", "/things//", "/things/a/parts", "/things//parts/x", "/Things"])
def test_other_paths_find_none(path: str) -> None:
    assert ROUTER.match(path) is None


def test_path_parameters_are_decoded_and_a_slash_within_one_does_not_divide_it() -> None:
    match = ROUTER.match("/things/a%20b%2Fc/parts/%E4%BD%A0")
    assert match is not None
    assert match.path_parameters == {"id": "a b/c", "part": "你"}


def test_a_resource_knows_the_functions_of_all_its_methods() -> None:
    match = ROUTER.match("/things")
    assert match is not None
    assert match.resource.methods == {"GET": "things", "POST": "things"}
