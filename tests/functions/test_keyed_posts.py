"""No POST of the topology is forgotten: each takes an Idempotency-Key, but auth's."""

from importlib import import_module

import pytest

from infra.topology import ROUTES
from parley.http.idempotency import IdempotentRoute

POSTS = [route for route in ROUTES if route.method == "POST" and route.function != "auth"]


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.path)
def test_every_post_but_auths_takes_a_key(post):
    router = import_module(f"functions.{post.function}.routes").router
    (route,) = [
        route
        for route in router.routes
        if "POST" in route.methods and _template(route.path) == _template(post.path)
    ]
    assert isinstance(route, IdempotentRoute)
    headers = [field.alias for each in route.dependant.dependencies for field in each.header_params]
    assert headers.count("idempotency-key") == 1


def _template(path):
    return [part[:1] == "{" or part for part in path.strip("/").split("/")]
