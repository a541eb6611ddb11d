"""What differs between stages: how long things are kept, how well they are guarded, how much is let in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from aws_cdk import RemovalPolicy
from aws_cdk.aws_cloudfront import PriceClass
from aws_cdk.aws_logs import RetentionDays

from infra.topology import RouteClass

DEFAULT_STAGE = "dev"


@dataclass(frozen=True, kw_only=True)
class StageSettings:
    """`removal_policy` is for tables and logs, `deletion_protection` for tables.

    The throttles are the whole REST API's, which answers requests beyond it with 429, and the whole WebSocket
    API's, of connections and frames of clients. Within the REST API each method of a class of routes has
    `class_requests_per_second`, and twice as many in a burst. `queue_concurrency` is how many messages of a
    queue are at work at a time, from 2 to 1000. The price class says on which continents the edge is.
    More than `tokens_per_hour` raise an alarm; nothing is refused. With `snap_start`, plain functions start
    from snapshots, which are paid for while nobody calls. `reserved_concurrency` is how many of a function,
    by its name, run at a time: at most, and at any time, for it is taken from the account's.
    Without `response_streaming`, for places that do not have it, all answers come whole and within 29 s; what
    takes longer is in the list later.
    """

    name: str
    removal_policy: RemovalPolicy
    point_in_time_recovery: bool
    deletion_protection: bool
    log_retention: RetentionDays
    requests_per_second: int
    burst_requests: int
    class_requests_per_second: Mapping[RouteClass, int]
    frames_per_second: int
    burst_frames: int
    queue_concurrency: int
    price_class: PriceClass
    tokens_per_hour: int
    snap_start: bool = False
    reserved_concurrency: Mapping[str, int] = field(default_factory=dict)
    response_streaming: bool = True

    def removing(self, policy: RemovalPolicy) -> Self:
        """The stage with another policy. What may be removed is not protected from it."""
        is_kept = policy is not RemovalPolicy.DESTROY
        return replace(self, removal_policy=policy, deletion_protection=self.deletion_protection and is_kept)


STAGES = (
    StageSettings(
        name="dev",
        removal_policy=RemovalPolicy.DESTROY,
        point_in_time_recovery=False,
        deletion_protection=False,
        log_retention=RetentionDays.ONE_WEEK,
        requests_per_second=100,
        burst_requests=200,
        class_requests_per_second={RouteClass.LOG_IN: 10, RouteClass.LASTING: 20},
        frames_per_second=200,
        burst_frames=400,
        queue_concurrency=20,
        price_class=PriceClass.PRICE_CLASS_100,
        tokens_per_hour=1_000_000,
    ),
    StageSettings(
        name="prod",
        removal_policy=RemovalPolicy.RETAIN,
        point_in_time_recovery=True,
        deletion_protection=True,
        log_retention=RetentionDays.THREE_MONTHS,
        requests_per_second=1000,
        burst_requests=2000,
        class_requests_per_second={RouteClass.LOG_IN: 50, RouteClass.LASTING: 300},
        frames_per_second=2000,
        burst_frames=4000,
        queue_concurrency=200,
        price_class=PriceClass.PRICE_CLASS_ALL,
        tokens_per_hour=20_000_000,
        reserved_concurrency={"messages": 300, "tools": 50, "code_runner": 50},
    ),
)


class UnknownStageError(ValueError):
    def __init__(self, name: str) -> None:
        known = ", ".join(stage.name for stage in STAGES)
        super().__init__(f"There is no stage {name!r}; choose one of: {known}")


def stage_named(name: str) -> StageSettings:
    """Raises `UnknownStageError`."""
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise UnknownStageError(name)
