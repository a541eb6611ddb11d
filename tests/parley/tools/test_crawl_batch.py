import itertools
from typing import Any

import pytest

from parley.domain.web_pages import PageUnavailableError, RefusedUrlError
from parley.errors import InvalidArgumentsError
from parley.tools.crawl_batch import crawl_batch_tool
from parley.tools.registry import ToolRegistry
from tests.fakes.web_pages import FakePageFetcher, a_page

PAGES = {
    "https://good.example/": a_page("one", media_type="text/plain", url="https://good.example/home"),
    "https://long.example/": a_page("x" * 200_000, media_type="text/plain"),
    "https://file.example/": a_page(b"%PDF-1.7"),
    "https://slow.example/": PageUnavailableError("it did not answer in time"),
    "http://10.0.0.1/": RefusedUrlError("it does not lead to a public address"),
}


def crawl(*urls: str, **arguments: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = crawl_batch_tool(FakePageFetcher(PAGES)).run(urls=urls, **arguments)[
        "results"
    ]
    return results


def test_each_url_has_a_page_or_an_error_of_its_own_in_the_order_given():
    urls = ["https://file.example/", "https://good.example/", "http://10.0.0.1/", "https://slow.example/"]
    assert crawl(*urls, "https://good.example/") == [
        {"url": urls[0], "success": False, "error": "The page is no text but a binary file (PDF)."},
        {
            "url": urls[1],
            "success": True,
            "page": {
                "url": "https://good.example/home",
                "title": None,
                "content": "one",
                "truncated": False,
            },
        },
        {
            "url": urls[2],
            "success": False,
            "error": "The URL is not allowed: it does not lead to a public address.",
        },
        {"url": urls[3], "success": False, "error": "The page cannot be fetched: it did not answer in time."},
        {"url": urls[1], "success": True, "page": crawl(urls[1])[0]["page"]},
    ]


def test_the_pages_share_what_a_model_can_read():
    for count, length in ((1, 50_000), (2, 50_000), (10, 10_000)):
        results = crawl(*["https://long.example/"] * count)
        assert [len(result["page"]["content"]) for result in results] == [length] * count
        assert all(result["page"]["truncated"] for result in results)


def test_a_page_that_trips_up_the_reader_costs_the_others_nothing(monkeypatch, caplog):
    def broken(page, format, *, max_characters):
        raise RuntimeError("secret detail") if page.url.endswith("home") else ValueError

    monkeypatch.setattr("parley.tools.crawl_batch.shown", broken)
    results = crawl("https://good.example/", "https://slow.example/")
    assert results[0]["error"] == "The page could not be read."
    assert "did not answer" in results[1]["error"]
    assert "secret detail" in caplog.text


def test_no_page_is_begun_when_the_time_is_nearly_over():
    seconds = itertools.count(step=8)
    tool = crawl_batch_tool(FakePageFetcher(PAGES), clock=lambda: float(next(seconds)))
    results = tool.run(urls=["https://good.example/"] * 4)["results"]
    assert [result["success"] for result in results] == [True, True, False, False]
    assert results[-1]["error"] == "The page cannot be fetched: there was no time left to read it."


@pytest.mark.parametrize("urls", [[], ["https://good.example/"] * 11, [""]])
def test_a_batch_is_of_one_to_ten_pages(urls):
    registry = ToolRegistry([crawl_batch_tool(FakePageFetcher(PAGES))])
    with pytest.raises(InvalidArgumentsError, match="urls"):
        registry.validate("crawl_batch", {"urls": urls})
