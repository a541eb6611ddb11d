"""What search services answer, brought into one form; and what their failures mean, in words for a user."""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from parley.domain.web_search import SearchFailedError, SearchResult

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_MAX_TITLE_CHARACTERS = 300
_MAX_SNIPPET_CHARACTERS = 600
_MAX_URL_CHARACTERS = 2_000


def results_in(items: Any, *, url: str, snippet: str, max_results: int) -> list[SearchResult]:
    """`url` and `snippet` are the names that the service has for them. Each address once."""
    entries = [item for item in items if isinstance(item, Mapping)] if isinstance(items, Iterable) else []
    found: dict[str, SearchResult] = {}
    for entry in entries:
        address = str(entry.get(url) or "")
        if address.startswith(("http://", "https://")) and len(address) <= _MAX_URL_CHARACTERS:
            result = SearchResult(
                title=_plain(entry.get("title"))[:_MAX_TITLE_CHARACTERS],
                url=address,
                snippet=_plain(entry.get(snippet))[:_MAX_SNIPPET_CHARACTERS],
            )
            found.setdefault(address, result)
    return list(found.values())[:max_results]


def _plain(text: Any) -> str:
    return " ".join(html.unescape(_TAG.sub("", str(text or ""))).split())


def ask_service(name: str, method: str, url: str, **request: Any) -> dict[str, Any]:
    """The JSON object that the service answers. `request` goes to httpx. Raises `SearchFailedError`."""
    import httpx

    try:
        with httpx.Client(timeout=httpx.Timeout(10.0, connect=5.0), follow_redirects=False) as client:
            response = client.request(method, url, **request)
            if not response.is_success:
                raise SearchFailedError(_refusal(name, response.status_code))
            return dict(response.json())
    except httpx.TimeoutException:
        raise SearchFailedError(f"{name} did not answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise SearchFailedError(f"{name} could not be reached") from None
    except (TypeError, ValueError):
        raise SearchFailedError(f"{name} did not answer in JSON") from None


def _refusal(name: str, status: int) -> str:
    match status:
        case 429 | 432 | 433:  # the latter two are Tavily's, for the limits of a plan
            return f"{name} is limiting requests or its quota is used up; try again later"
        case 401 | 403:
            return f"{name} refused the deployment's access (status {status})"
        case _:
            return f"{name} answered with status {status}"
