"""A vault in memory. Its ciphertexts are no secret; what it may not open, it does not."""

from parley.domain.providers import SealedKey, hint_of
from parley.errors import KeyUnreadableError


class InMemoryKeyVault:
    """`failure` is raised by each call, as long as it is set; `opened` counts what was opened."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.opened = 0

    def seal(self, api_key: str, *, owner_id: str, provider_id: str) -> SealedKey:
        self._fail()
        text = "\n".join((owner_id, provider_id, api_key))
        return SealedKey(ciphertext=text.encode()[::-1], hint=hint_of(api_key))

    def open(self, sealed: SealedKey, *, owner_id: str, provider_id: str) -> str:
        self._fail()
        *context, api_key = sealed.ciphertext[::-1].decode().split("\n")
        if context != [owner_id, provider_id]:
            raise KeyUnreadableError
        self.opened += 1
        return api_key

    def _fail(self) -> None:
        if self.failure:
            raise self.failure
