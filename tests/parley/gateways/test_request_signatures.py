"""Our signatures are those of botocore, whatever is signed."""

import asyncio
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from parley.gateways.request_signatures import RequestSigner

pytestmark = pytest.mark.anyio

HOST = "abc123.execute-api.eu-central-1.amazonaws.com"
NOON = datetime(2026, 11, 25, 12, 30, 5, tzinfo=UTC)


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


def signer(find_credentials, moment=NOON, host=HOST):
    return RequestSigner(
        find_credentials,
        region="eu-central-1",
        service="execute-api",
        host=host,
        clock=moment.timestamp,
    )


def by_botocore(credentials, method, path, body, moment=NOON, host=HOST):
    request = AWSRequest(method=method, url=f"https://{host}{path}", data=body)
    with patch("botocore.auth.get_current_datetime", lambda: moment.replace(tzinfo=None)):
        SigV4Auth(credentials, "execute-api", "eu-central-1").add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@given(
    secret=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1),
    token=st.one_of(st.none(), st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1)),
    method=st.sampled_from(["POST", "DELETE"]),
    connection=st.text("ABCxyz019_-%3D", min_size=1),
    body=st.binary(max_size=200),
)
def test_each_request_is_signed_as_botocore_signs_it(secret, token, method, connection, body):
    credentials = ReadOnlyCredentials("AKID", secret, token)
    path = f"/prod/@connections/{connection}"
    signed = dict(asyncio.run(signer(lambda: credentials).sign(method, path, body)))
    expected = by_botocore(credentials, method, path, body)
    assert signed["authorization"] == expected["authorization"]
    assert signed["x-amz-date"] == expected["x-amz-date"]
    assert signed.get("x-amz-security-token") == token
    assert signed["host"] == HOST


async def test_a_port_that_is_none_of_the_usual_is_part_of_what_is_signed():
    credentials = ReadOnlyCredentials("AKID", "secret", None)
    host = "127.0.0.1:8001"
    signed = dict(await signer(lambda: credentials, host=host).sign("POST", "/local/@connections/a", b"{}"))
    expected = by_botocore(credentials, "POST", "/local/@connections/a", b"{}", host=host)
    assert signed["authorization"] == expected["authorization"]


async def test_a_key_is_good_for_its_day_and_its_credentials():
    found = [ReadOnlyCredentials("AKID", "secret", "token")]
    clock = Clock()
    kept = RequestSigner(
        lambda: found[0],
        region="eu-central-1",
        service="execute-api",
        host=HOST,
        clock=clock,
    )
    for moment, credentials in (
        (NOON, found[0]),
        (NOON.replace(hour=13), ReadOnlyCredentials("AKID2", "other", "token2")),
        (NOON.replace(day=26), ReadOnlyCredentials("AKID2", "other", "token2")),
    ):
        clock.seconds, found[0] = moment.timestamp(), credentials
        signed = dict(await kept.sign("POST", "/prod/@connections/a", b"{}"))
        expected = by_botocore(credentials, "POST", "/prod/@connections/a", b"{}", moment)
        assert signed["authorization"] == expected["authorization"]


async def test_credentials_are_looked_for_once_a_minute():
    looks = []
    clock = Clock()

    def find():
        looks.append(clock.seconds)
        return ReadOnlyCredentials("AKID", "secret", None)

    kept = RequestSigner(find, region="r", service="execute-api", host=HOST, clock=clock)
    for clock.seconds in (1_000_000.0, 1_000_030.0, 1_000_060.0, 1_000_061.0, 1_000_100.0):
        await kept.sign("POST", "/", b"")
    assert looks == [1_000_000.0, 1_000_061.0]
