"""The metrics to look at: AWS's own of this product's parts, and what functions measure of replies."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

_PERIOD = Duration.minutes(5)


class Metrics:
    """`replies_namespace` is where the functions put what they measure."""

    def __init__(
        self,
        *,
        replies_namespace: str,
        rest_stage: apigateway.Stage,
        socket_stage: apigatewayv2.WebSocketStage,
        functions: Mapping[str, lambda_.IFunction],
        queues: Mapping[str, sqs.Queue],
        dead_letters: Mapping[str, sqs.Queue],
    ) -> None:
        self._replies_namespace = replies_namespace
        self._rest_stage = rest_stage
        self._socket_stage = socket_stage
        self._functions = functions
        self._queues = queues
        self._dead_letters = dead_letters

    def replies(self, name: str, statistic: str = "Sum", period: Duration = _PERIOD) -> cloudwatch.Metric:
        """By the names of `parley.chat.reply_measures`."""
        return cloudwatch.Metric(
            namespace=self._replies_namespace,
            metric_name=name,
            dimensions_map={"service": "parley"},
            statistic=statistic,
            period=period,
        )

    def rest(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"""
        return self._rest_stage.metric(name, statistic=statistic, period=_PERIOD)

    def sockets(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html"""
        return self._socket_stage.metric(name, statistic=statistic, period=_PERIOD)

    def lambdas(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        """Over all functions of the account and region: they share its concurrency."""
        return cloudwatch.Metric(
            namespace="AWS/Lambda", metric_name=name, statistic=statistic, period=_PERIOD
        )

    def of_functions(self, name: str, statistic: str = "Sum") -> dict[str, cloudwatch.Metric]:
        return _of_each(self._functions, name, statistic)

    def of_queues(self, name: str, statistic: str = "Maximum") -> dict[str, cloudwatch.Metric]:
        return _of_each(self._queues, name, statistic)

    def of_dead_letters(self) -> dict[str, cloudwatch.Metric]:
        return _of_each(self._dead_letters, "ApproximateNumberOfMessagesVisible", "Maximum")


def _of_each(
    parts: Mapping[str, lambda_.IFunction | sqs.Queue], name: str, statistic: str
) -> dict[str, cloudwatch.Metric]:
    """By the part's name in the topology."""
    return {
        part: resource.metric(name, statistic=statistic, period=_PERIOD) for part, resource in parts.items()
    }
