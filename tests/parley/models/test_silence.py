import asyncio

import pytest

from parley.models.silence import SilenceTimer


def test_a_wait_within_its_time_gives_what_was_waited_for():
    async def run() -> list[int]:
        timer = SilenceTimer()
        return [await timer.wait(asyncio.sleep(0, index), 30) for index in range(3)]

    assert asyncio.run(run()) == [0, 1, 2]


@pytest.mark.parametrize("earlier", [[], [30.0], [0.01, 30.0, 30.0]])
def test_a_wait_beyond_its_time_ends_whatever_the_times_before_it_were(earlier):
    async def run() -> int:
        timer = SilenceTimer()
        for seconds in earlier:
            await timer.wait(asyncio.sleep(0), seconds)
        with pytest.raises(TimeoutError):
            await timer.wait(asyncio.Event().wait(), 0.02)
        task = asyncio.current_task()
        assert task is not None
        return task.cancelling()

    assert asyncio.run(run()) == 0


def test_time_between_the_waits_does_not_count():
    async def run() -> None:
        timer = SilenceTimer()
        for _ in range(3):
            await timer.wait(asyncio.sleep(0), 0.02)
            await asyncio.sleep(0.03)

    asyncio.run(run())


def test_a_cancellation_from_elsewhere_stays_one():
    async def run() -> None:
        waiting = asyncio.ensure_future(SilenceTimer().wait(asyncio.Event().wait(), 30))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(run())


def test_a_stopped_timer_leaves_nothing_behind():
    async def run() -> None:
        timer = SilenceTimer()
        await timer.wait(asyncio.sleep(0), 0.001)
        timer.stop()
        timer.stop()
        await asyncio.sleep(0.005)

    asyncio.run(run())
