"""One client for the services of all users."""

import pytest

from parley.gateways.guarded_http import UrlPolicy
from parley.gateways.provider_client import build_provider_client
from tests.fakes.web_server import WebServer, page, redirect

pytestmark = pytest.mark.anyio


async def test_no_cookie_goes_from_one_user_to_another():
    with WebServer() as web:
        web.scripts["/"] = page("ok", Set_Cookie="whose=first; Path=/")
        async with build_provider_client(UrlPolicy(allow_private=True)) as client:
            for _ in range(2):
                assert (await client.get(f"{web.url}/")).headers["set-cookie"].startswith("whose=first")
        assert ["cookie" in request.headers for request in web.requests] == [False, False]


async def test_no_redirect_is_followed_with_the_users_key():
    with WebServer() as web:
        web.scripts["/v1"] = redirect("/elsewhere")
        web.scripts["/elsewhere"] = page("never")
        async with build_provider_client(UrlPolicy(allow_private=True)) as client:
            answer = await client.get(f"{web.url}/v1", headers={"authorization": "Bearer x"})
        assert (answer.status_code, len(web.requests)) == (302, 1)
