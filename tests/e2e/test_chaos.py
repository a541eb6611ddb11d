"""Many people at once, whose clients hang up, repeat, stop, replay and ask anew, while workers are killed."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.chaos.checks import check_visitor
from tests.e2e.chaos.plan import Errand, plan_errands
from tests.e2e.chaos.visitors import Killer, Visitor
from tests.e2e.stack import running_stack

SEED = os.environ.get("PARLEY_CHAOS_SEED", "20261125")
REPLIES = int(os.environ.get("PARLEY_CHAOS_REPLIES", "30"))
PEOPLE = max(1, min(16, REPLIES // 10))
CHECKERS = 3
LEASE_SECONDS = 2

pytestmark = [
    pytest.mark.xdist_group("chaos"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="workers are found in /proc"),
]


def plans() -> list[list[Errand]]:
    shares = [REPLIES // PEOPLE + (number < REPLIES % PEOPLE) for number in range(PEOPLE)]
    return [plan_errands(SEED, f"p{number}", count=share) for number, share in enumerate(shares)]


def test_what_people_do_depends_on_the_seed_alone() -> None:
    first = plan_errands("1", "p0", count=20)
    random.seed(7)

    assert plan_errands("1", "p0", count=20) == first
    assert plan_errands("2", "p0", count=20) != first


def test_nothing_is_lost_doubled_or_contradicted_whatever_dies_and_whoever_leaves(tmp_path: Path) -> None:
    with (
        told_how_to_run_again(),
        running_stack(tmp_path, {"PARLEY_REPLY_LEASE_SECONDS": str(LEASE_SECONDS)}) as stack,
        httpx.Client(base_url=stack.url, timeout=60, limits=httpx.Limits(max_connections=None)) as http,
    ):
        killer = Killer(stack, random.Random(f"{SEED}/kills"))
        visits = [
            (Visitor(http, killer, thinks=number % 3 == 0), plan) for number, plan in enumerate(plans())
        ]
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(lambda visit: visit[0].visit(visit[1]), visits))
        found = check_all(visits)
        joins = sum(len(visitor.joins) for visitor, _ in visits)
        counted = sum(visitor.person.data("GET", "/api/usage")["total"]["replies"] for visitor, _ in visits)
        print(f"seed {SEED}: {killer.kills} kills, {joins} joins, {dict(found)}, {counted} in the usage")
        assert found.total() == REPLIES
        assert REPLIES - killer.kills <= counted <= REPLIES
        assert min(killer.kills, joins, found["complete"], found["stopped"]) > 0


def check_all(visits: list[tuple[Visitor, list[Errand]]]) -> Counter[str]:
    """The statuses of all replies."""

    def check(number: int) -> Counter[str]:
        return check_visitor(*visits[number], random.Random(f"{SEED}/checks/{number}"))

    with ThreadPoolExecutor(CHECKERS) as pool:
        return sum(pool.map(check, range(len(visits))), Counter())


@contextmanager
def told_how_to_run_again() -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        error.add_note(f"Again: make chaos PARLEY_CHAOS_SEED={SEED} PARLEY_CHAOS_REPLIES={REPLIES}")
        raise
