"""One page that tells how the product is doing. An account's first three dashboards cost nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.components.metrics import Metrics

_WIDTH, _HEIGHT = 8, 6
_PERCENTILES = ("p50", "p95")


@dataclass(frozen=True, kw_only=True)
class TokenPrices:
    """Dollars for a million tokens, for the dashboard's estimate only. The defaults are a small model's."""

    prompt: float = 0.15
    completion: float = 0.60


class Dashboard(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, metrics: Metrics, prices: TokenPrices) -> None:
        super().__init__(scope, construct_id)
        widgets = [
            _graph("Requests", [metrics.rest("Count")], [metrics.rest("4XXError"), metrics.rest("5XXError")]),
            _graph_of_each(
                "Time of requests, ms", {each: metrics.rest("Latency", each) for each in _PERCENTILES}
            ),
            _graph_of_each(
                "Time to first token, ms",
                {each: metrics.replies("TimeToFirstToken", each) for each in _PERCENTILES},
            ),
            _graph("Replies", [metrics.replies("Replies")], [metrics.replies("BrokenReplies")]),
            _graph("Tokens", [metrics.replies("PromptTokens"), metrics.replies("CompletionTokens")]),
            _graph("Estimated cost of tokens, USD", [_cost(metrics, prices)]),
            _of_sockets(metrics),
            _graph_of_each("Turns in rooms", metrics.of_queues("NumberOfMessagesDeleted", "Sum")),
            _graph_of_each("Age of the oldest turn, s", metrics.of_queues("ApproximateAgeOfOldestMessage")),
            _graph_of_each("Turns given up", metrics.of_dead_letters()),
            _graph_of_each("Errors of functions", metrics.of_functions("Errors")),
            _graph_of_each("Throttles of functions", metrics.of_functions("Throttles")),
            _graph_of_each("At the same time", metrics.of_functions("ConcurrentExecutions", "Maximum")),
        ]
        cloudwatch.Dashboard(
            self, "Page", widgets=[widgets[first : first + 3] for first in range(0, len(widgets), 3)]
        )


def _of_sockets(metrics: Metrics) -> cloudwatch.GraphWidget:
    opened, frames = metrics.sockets("ConnectCount"), metrics.sockets("MessageCount")
    errors = [metrics.sockets(name) for name in ("ClientError", "IntegrationError", "ExecutionError")]
    return _graph("Connections and frames", [opened, frames], errors)


def _cost(metrics: Metrics, prices: TokenPrices) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=f"(prompt * {prices.prompt} + completion * {prices.completion}) / 1000000",
        using_metrics={
            "prompt": metrics.replies("PromptTokens"),
            "completion": metrics.replies("CompletionTokens"),
        },
        label=f"${prices.prompt} and ${prices.completion} for a million",
    )


def _graph_of_each(title: str, metrics: Mapping[str, cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return _graph(title, [metric.with_(label=name) for name, metric in metrics.items()])


def _graph(
    title: str, left: list[cloudwatch.IMetric], right: list[cloudwatch.IMetric] | None = None
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=left, right=right or [], width=_WIDTH, height=_HEIGHT)
