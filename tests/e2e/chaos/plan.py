"""What the people of the chaos test will do, drawn from a seed before they begin."""

import random
from dataclasses import dataclass

# For each reply that may fail by itself: the words that make the demo fail.
FAILS = "please fail"
_LONG = "give me a long answer"
_WISHES = ("hello", "what is 12 * (3 + 4)?", "what time is it?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One reply: how it is asked for and, by numbers of its events, what happens while it is written.

    Without `content` the newest reply is asked for anew. So many `copies` of the request are sent together
    with it. `followers` say when one begins to read, and behind which event. At `kills_at` some worker dies.
    """

    key: str
    content: str | None
    as_json: bool
    copies: int
    leaves_at: int | None
    repeats_the_send: bool
    stops_at: int | None
    kills_at: int | None
    followers: tuple[tuple[int, int], ...]


def plan_errands(seed: str, name: str, *, count: int) -> list[Errand]:
    """The first of them sends a message."""
    draw = random.Random(f"{seed}/{name}")
    return [_errand(draw, f"{name}-{number}", may_renew=number > 0) for number in range(count)]


def _errand(draw: random.Random, key: str, *, may_renew: bool) -> Errand:
    renews = draw.random() < 0.15 and may_renew
    wish = draw.choices((*_WISHES, _LONG, FAILS), weights=(9, 9, 9, 3, 2))[0]
    return Errand(
        key=key,
        content=None if renews else f"{key}: {wish}",
        as_json=not renews and wish != _LONG and draw.random() < 0.2,
        copies=draw.choice((0, 0, 0, 0, 0, 1, 2)),
        leaves_at=_sometimes(draw, 0.4, up_to=20),
        repeats_the_send=draw.random() < 0.5,
        stops_at=_sometimes(draw, 0.85 if wish == _LONG else 0.2, up_to=25),
        kills_at=_sometimes(draw, 0.5, up_to=20),
        followers=tuple(_follower(draw) for _ in range(draw.choice((0, 0, 0, 0, 1, 2)))),
    )


def _sometimes(draw: random.Random, share: float, *, up_to: int) -> int | None:
    return draw.randint(1, up_to) if draw.random() < share else None


def _follower(draw: random.Random) -> tuple[int, int]:
    begins_at = draw.randint(1, 20)
    return begins_at, draw.randint(0, begins_at)
