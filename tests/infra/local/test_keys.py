"""The local account's keys: made when missing, and the same after a restart."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from infra.local.aws import AwsHost, AwsHostError
from infra.local.keys import ensure_keys
from infra.topology import Key
from tests.infra.local.hosts import HostProcess, running_host
from tests.infra.local.projects import wait_until

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

KEYS = [Key(name="things", context=("owner",)), Key(name="others", context=())]
ALIAS = "alias/parley-local-things"
NOBODY: dict[str, Any] = {
    "aws_access_key_id": "local",
    "aws_secret_access_key": "local",
    "config": Config(proxies={}, retries={"total_max_attempts": 1}),
}
CONTEXT = {"owner": "user_1"}


@pytest.fixture
def kms() -> Iterator[list["KMSClient"]]:
    """Takes clients, to close them: a socket that nobody closes is a warning."""
    clients: list[KMSClient] = []
    yield clients
    for client in clients:
        client.close()


def client_of(host: HostProcess, clients: list["KMSClient"]) -> "KMSClient":
    clients.append(host.access.kms())
    assert ensure_keys(clients[-1], KEYS, required=True) is None
    return clients[-1]


def seal(client: "KMSClient") -> bytes:
    return client.encrypt(KeyId=ALIAS, Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]


def opened(client: "KMSClient", ciphertext: bytes) -> bytes:
    return client.decrypt(KeyId=ALIAS, CiphertextBlob=ciphertext, EncryptionContext=CONTEXT)["Plaintext"]


def test_a_key_outlives_a_restart_but_not_a_fresh_one(tmp_path: Path, kms: list["KMSClient"]) -> None:
    with running_host(tmp_path) as host:
        client = client_of(host, kms)
        before = client.describe_key(KeyId=ALIAS)["KeyMetadata"]
        ciphertext = seal(client)
    assert (tmp_path / "kms.json").stat().st_mode & 0o077 == 0
    with running_host(tmp_path) as host:
        client = client_of(host, kms)
        assert client.describe_key(KeyId=ALIAS)["KeyMetadata"] == before
        assert opened(client, ciphertext) == b"secret"
        assert len(client.list_keys()["Keys"]) == len(KEYS)
    with running_host(tmp_path, "--fresh") as host:
        client = client_of(host, kms)
        assert client.describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"] != before["Arn"]
        with pytest.raises(ClientError):
            opened(client, ciphertext)


def test_a_key_is_saved_within_seconds_even_if_the_host_is_killed(
    tmp_path: Path, kms: list["KMSClient"]
) -> None:
    host = HostProcess(tmp_path)
    ciphertext = seal(client_of(host, kms))
    saved = tmp_path / "kms.json"
    wait_until(lambda: saved.exists() and ALIAS in saved.read_text())
    host.process.kill()
    host.close()
    with running_host(tmp_path) as again:
        assert opened(client_of(again, kms), ciphertext) == b"secret"


def test_a_key_that_is_there_stays(tmp_path: Path, kms: list["KMSClient"]) -> None:
    with running_host(tmp_path) as host:
        client = client_of(host, kms)
        ciphertext = seal(client)
        ensure_keys(client, KEYS, required=False)
        assert opened(client, ciphertext) == b"secret"


@pytest.mark.parametrize("content", ["{", '{"format": 99, "keys": []}', '{"format": 1, "keys": [{}]}'])
def test_keys_that_cannot_be_read_stop_the_start_and_are_kept(
    tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kms.json").write_text(content)

    async def start() -> None:
        host = await AwsHost.start(tmp_path, fresh=False)
        with pytest.raises(AwsHostError):
            await host.access()
        await host.stop()

    asyncio.run(start())
    assert "FRESH=1" in capfd.readouterr().err
    assert (tmp_path / "kms.json").read_text() == content


def test_an_endpoint_without_kms_is_told_and_no_failure_unless_it_is_our_own(kms: list["KMSClient"]) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        kms.append(boto3.client("kms", endpoint_url=url, region_name="us-east-1", **NOBODY))
        assert "Could not connect" in (ensure_keys(kms[-1], KEYS, required=False) or "")
        with pytest.raises(EndpointConnectionError):
            ensure_keys(kms[-1], KEYS, required=True)
