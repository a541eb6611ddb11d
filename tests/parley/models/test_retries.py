import pytest

from parley.models.retries import RetryBudget, retry_after_seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("3", 3),
        ("0.5", 0.5),
        ("-1", 0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 50),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu, 99 Jan 1970 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after_seconds(value, clock=lambda: 10) == seconds


def pause(status: int = 429, *, tries: int = 1, elapsed_seconds: float = 0, **headers: str) -> float | None:
    return RetryBudget().pause_before_next(status, headers, tries=tries, elapsed_seconds=elapsed_seconds)


def test_pauses_stay_within_the_budget():
    assert [pause(tries=tries) for tries in (1, 2, 3)] == [1, 2, None]
    assert pause(elapsed_seconds=19) == 1
    assert pause(elapsed_seconds=19.5) is None
    assert pause(**{"retry-after": "20"}) == 20
    assert pause(**{"retry-after": "21"}) is None


@pytest.mark.parametrize("status", [400, 401, 500, 502])
def test_only_a_busy_service_is_asked_again(status):
    assert pause(status) is None
