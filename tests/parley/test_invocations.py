"""Asynchronous work of an invocation: it lasts until all that it started has ended."""

import asyncio

import pytest

from parley.invocations import invocation_loop, run_invocation


@pytest.fixture(autouse=True)
def _closed_loop():
    yield
    invocation_loop().close()
    invocation_loop.cache_clear()


def test_what_it_started_has_ended_when_it_ends():
    done = []

    async def later(name, *, then=None):
        await asyncio.sleep(0.01)
        if then:
            done.append(asyncio.create_task(later(then)).get_name() and name)
        else:
            done.append(name)

    async def work():
        asyncio.get_running_loop().create_task(later("first", then="second"))
        return "answer"

    assert run_invocation(work()) == "answer"
    assert done == ["first", "second"]


def test_a_failure_comes_out_when_all_has_ended():
    done = []

    async def later():
        await asyncio.sleep(0.01)
        done.append(True)

    async def work():
        done_later = asyncio.create_task(later())
        assert not done_later.done()
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        run_invocation(work())
    assert done == [True]


def test_one_loop_serves_all_invocations():
    async def loop():
        return asyncio.get_running_loop()

    assert run_invocation(loop()) is run_invocation(loop())
