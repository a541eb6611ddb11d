"""When somebody has to look. Each alarm has a line in the README that says where.

Ten alarms of an account cost nothing, each further one $0.10 a month: so each is on a single metric.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra import topology
from infra.components.metrics import Metrics
from infra.stage import StageSettings

_HOUR = Duration.hours(1)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Is raised when the metric has been at `threshold` or above in `periods` of the last `of` periods."""

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    says: str
    periods: int = 1
    of: int = 1


class Alarms(Construct):
    """Silence is good news: nobody talks."""

    def __init__(
        self, scope: Construct, construct_id: str, *, metrics: Metrics, stage: StageSettings, topic: ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        for watch in _watches(metrics, stage):
            cloudwatch.Alarm(
                self,
                watch.name,
                metric=watch.metric,
                threshold=watch.threshold,
                evaluation_periods=watch.of,
                datapoints_to_alarm=watch.periods,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
                alarm_description=f'{watch.says} See the README, "{watch.name}".',
            ).add_alarm_action(SnsAction(topic))


def _watches(metrics: Metrics, stage: StageSettings) -> Iterator[Watch]:
    yield Watch(
        name="ServerErrors",
        metric=metrics.rest("5XXError", "Average"),
        threshold=0.01,
        periods=2,
        of=3,
        says="One in a hundred requests or more fails on our side.",
    )
    yield Watch(
        name="BrokenReplies",
        metric=metrics.replies("BrokenReplies"),
        threshold=3,
        periods=2,
        of=3,
        says="Replies break off for a reason of ours, not of a model's service.",
    )
    yield Watch(
        name="Throttling",
        metric=metrics.lambdas("Throttles"),
        threshold=10,
        periods=2,
        of=3,
        says="Lambda turns requests away: a function's or the account's concurrency is used up.",
    )
    yield Watch(
        name="TokenBudget",
        metric=metrics.replies("Tokens", period=_HOUR),
        threshold=stage.tokens_per_hour,
        says=f"More than {stage.tokens_per_hour:,} tokens within an hour.",
    )
    yield Watch(
        name="SocketErrors",
        metric=metrics.sockets("IntegrationError"),
        threshold=5,
        periods=2,
        of=3,
        says="Frames of WebSockets fail on our side.",
    )
    yield from _watches_of_queues(metrics)


def _watches_of_queues(metrics: Metrics) -> Iterator[Watch]:
    """A turn may take as long as its function, and is the oldest while it is at work."""
    for queue, age in metrics.of_queues("ApproximateAgeOfOldestMessage").items():
        yield Watch(
            name=f"{_title(queue)}Age",
            metric=age,
            threshold=topology.queue_named(queue).visibility_timeout_seconds + 60,
            says="Work in the queue has waited for longer than any may take.",
        )
    for queue, number in metrics.of_dead_letters().items():
        yield Watch(
            name=f"{_title(queue)}Dead",
            metric=number,
            threshold=1,
            says="Work was given up after several tries, and waits in the dead-letter queue.",
        )


def _title(name: str) -> str:
    return name.title().replace("_", "")
