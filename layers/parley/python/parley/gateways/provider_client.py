"""The HTTP client for model services that users choose: guarded, and one for all of them."""

from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from parley.gateways.guarded_http import UrlPolicy, guarded_client


def build_provider_client(policy: UrlPolicy) -> httpx.AsyncClient:
    """It keeps connections, but no cookie: what a service sets for one user is not for the next."""
    client = guarded_client(policy)
    client.cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return client
