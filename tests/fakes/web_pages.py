"""Pages without a web: what is there by URL, and all else does not exist."""

from collections.abc import Mapping, Sequence

from parley.domain.web_pages import FetchedPage, PageUnavailableError


def a_page(
    body: bytes | str,
    *,
    url: str = "https://good.example/articles/one",
    media_type: str = "text/html",
    charset: str | None = None,
) -> FetchedPage:
    body = body.encode() if isinstance(body, str) else body
    return FetchedPage(url=url, status=200, media_type=media_type, charset=charset, body=body)


class FakePageFetcher:
    def __init__(self, pages: Mapping[str, FetchedPage | PageUnavailableError] | None = None) -> None:
        self._pages = pages or {}

    def fetch(self, url: str) -> FetchedPage:
        [outcome] = self.fetch_all([url])
        if isinstance(outcome, PageUnavailableError):
            raise outcome
        return outcome

    def fetch_all(self, urls: Sequence[str]) -> list[FetchedPage | PageUnavailableError]:
        missing = PageUnavailableError("it answered 404 (Not Found)")
        return [self._pages.get(url, missing) for url in urls]
