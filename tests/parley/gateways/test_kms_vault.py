"""Keys sealed at KMS (moto's): bound to their owner and provider, and nowhere to be read."""

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from parley.domain.providers import SealedKey
from parley.errors import KeyUnreadableError, KeyVaultError
from parley.gateways.kms_vault import KmsKeyVault, build_kms_client
from tests.fakes.clock import FakeTime

API_KEY = "sk-marked-0123456789-a1b2"
MINE = {"owner_id": "user_1", "provider_id": "prov_1"}


@pytest.fixture
def kms(aws_environment):
    with mock_aws():
        client = boto3.client("kms")
        key = client.create_key()["KeyMetadata"]["KeyId"]
        client.create_alias(AliasName="alias/keys", TargetKeyId=key)
        yield client


class CountingKms:
    """The real client, whose calls are counted and may be told to fail."""

    def __init__(self, client):
        self._client = client
        self.calls = []
        self.failure = None

    def _call(self, name, arguments):
        self.calls.append((name, arguments))
        if self.failure:
            raise self.failure
        return getattr(self._client, name)(**arguments)

    def encrypt(self, **arguments):
        return self._call("encrypt", arguments)

    def decrypt(self, **arguments):
        return self._call("decrypt", arguments)


@pytest.fixture
def counting(kms):
    return CountingKms(kms)


@pytest.fixture
def vault(counting):
    return KmsKeyVault("alias/keys", build_client=lambda: counting)


def test_a_sealed_key_is_opened_again_and_shows_only_its_hint(vault):
    sealed = vault.seal(API_KEY, **MINE)
    assert vault.open(sealed, **MINE) == API_KEY
    assert sealed.hint == "…a1b2"
    assert API_KEY.encode() not in sealed.ciphertext


def test_the_client_that_functions_use_seals_and_opens(kms):
    vault = KmsKeyVault("alias/keys")
    assert vault.open(vault.seal(API_KEY, **MINE), **MINE) == API_KEY


def test_no_client_is_built_before_it_is_needed(kms):
    built = []
    vault = KmsKeyVault("alias/keys", build_client=lambda: built.append(1) or build_kms_client())
    assert built == []
    for _ in range(2):
        vault.seal(API_KEY, **MINE)
    assert built == [1]


@pytest.mark.parametrize("other", [{"owner_id": "user_2"}, {"provider_id": "prov_2"}])
def test_a_key_that_was_sealed_for_another_is_not_opened(vault, other):
    sealed = vault.seal(API_KEY, **MINE)
    vault.open(sealed, **MINE)
    with pytest.raises(KeyUnreadableError):
        vault.open(sealed, **{**MINE, **other})


@pytest.mark.parametrize("ciphertext", [b"", b"nonsense", b"\x00" * 200])
def test_what_was_never_sealed_is_not_opened(vault, ciphertext):
    with pytest.raises((KeyUnreadableError, KeyVaultError)):
        vault.open(SealedKey(ciphertext=ciphertext, hint="…"), **MINE)


def test_each_sealing_names_the_owner_and_the_provider(vault, counting):
    vault.seal(API_KEY, **MINE)
    ((_, arguments),) = counting.calls
    assert arguments["EncryptionContext"] == {"owner": "user_1", "provider": "prov_1"}


def test_an_opened_key_is_kept_for_a_short_while(kms):
    clock, counting = FakeTime(), CountingKms(kms)
    vault = KmsKeyVault("alias/keys", build_client=lambda: counting, clock=clock.time)
    sealed = vault.seal(API_KEY, **MINE)
    for seconds, opened in [(0, 1), (299, 1), (2, 2), (299, 2), (2, 3)]:
        clock.advance(seconds)
        assert vault.open(sealed, **MINE) == API_KEY
        assert [name for name, _ in counting.calls].count("decrypt") == opened


def test_of_the_opened_keys_only_the_last_are_kept(vault, counting, monkeypatch):
    monkeypatch.setattr("parley.gateways.kms_vault._MAX_KEPT_KEYS", 2)
    sealed = [vault.seal(f"{API_KEY}{number}", **MINE) for number in range(3)]
    for each in sealed:
        vault.open(each, **MINE)
    calls = len(counting.calls)
    vault.open(sealed[2], **MINE)
    vault.open(sealed[1], **MINE)
    assert len(counting.calls) == calls
    vault.open(sealed[0], **MINE)
    assert len(counting.calls) == calls + 1


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Encrypt"),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Encrypt"),
        ClientError({"Error": {"Code": "DisabledException", "Message": "off"}}, "Encrypt"),
        EndpointConnectionError(endpoint_url="http://kms.internal"),
    ],
)
def test_a_vault_out_of_reach_is_a_fact_without_detail(vault, counting, failure):
    sealed = vault.seal(API_KEY, **MINE)
    counting.failure = failure
    for call in (lambda: vault.seal(API_KEY, **MINE), lambda: vault.open(sealed, **MINE)):
        with pytest.raises(KeyVaultError) as raised:
            call()
        assert str(raised.value) == ""


def test_neither_the_vault_nor_its_failures_print_a_key(vault, counting, caplog):
    sealed = vault.seal(API_KEY, **MINE)
    vault.open(sealed, **MINE)
    counting.failure = ClientError({"Error": {"Code": "X", "Message": "x"}}, "Decrypt")
    with pytest.raises(KeyVaultError):
        vault.seal(API_KEY, **MINE)
    output = caplog.text
    assert "key not sealed" in output
    for text in (output, repr(vault), repr(vars(vault)), repr(sealed)):
        assert API_KEY not in text
