"""The SQS queues of the topology, who may send to them, and whom they are given to."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import topology
from infra.components.acknowledgements import acknowledge
from infra.stage import StageSettings

# What Lambda does in the function's name. The function itself only keeps hidden what it has in hand.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
_CONSUMING = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
# SQS's longest: what was given up waits for somebody to look at it.
_DEAD_LETTER_DAYS = 14


class Queues(Construct):
    """FIFO, encrypted with SQS's own keys, to be reached by TLS only: nothing is paid while nobody talks."""

    def __init__(
        self, scope: Construct, construct_id: str, *, queues: Sequence[topology.Queue], stage: StageSettings
    ) -> None:
        super().__init__(scope, construct_id)
        self._max_concurrency = stage.queue_concurrency
        self._descriptions = {queue.name: queue for queue in queues}
        self.dead_letters: dict[str, sqs.Queue] = {}
        self.by_name = {queue.name: self._create(queue, stage) for queue in queues}

    def environment(self, function: topology.Function) -> dict[str, str]:
        """Where the function finds the queues that it sends to, and the one that it consumes."""
        return {
            description.environment_variable: self.by_name[name].queue_url
            for name, description in self._descriptions.items()
            if name in (*function.sends_to, function.consumes)
        }

    def grant(self, role: iam.Role, function: topology.Function) -> None:
        for name in function.sends_to:
            self._grant(role, name, ("SendMessage",))
        if function.consumes:
            self._grant(role, function.consumes, _CONSUMING)

    def feed(
        self, consumers: Sequence[topology.Function], functions: Mapping[str, lambda_.IFunction]
    ) -> None:
        """One message at a time; other groups meanwhile, as many as the stage allows."""
        for function in consumers:
            if function.consumes:
                source = lambda_.EventSourceMapping(
                    self,
                    f"{function.name.title().replace('_', '')}Source",
                    target=functions[function.name],
                    event_source_arn=self.by_name[function.consumes].queue_arn,
                    batch_size=1,
                    max_concurrency=self._max_concurrency,
                    report_batch_item_failures=True,
                )
                reason = "What fails stays in the queue, whose redrive policy gives it up in the end."
                acknowledge(source, "LambdaEventSourceMappingDestination", reason=reason, pack="Serverless")

    def _grant(self, role: iam.Role, name: str, actions: Sequence[str]) -> None:
        iam.Grant.add_to_principal(
            grantee=role,
            actions=[f"sqs:{action}" for action in actions],
            resource_arns=[self.by_name[name].queue_arn],
        )

    def _create(self, description: topology.Queue, stage: StageSettings) -> sqs.Queue:
        name = description.name.title().replace("_", "")
        common = {
            "fifo": True,
            "encryption": sqs.QueueEncryption.SQS_MANAGED,
            "enforce_ssl": True,
            "removal_policy": stage.removal_policy,
            # A queue as a whole would take 300 calls a second; with these, that is what one group may have.
            "deduplication_scope": sqs.DeduplicationScope.MESSAGE_GROUP,
            "fifo_throughput_limit": sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
        }
        dead_letters = sqs.Queue(
            self, f"{name}Dead", retention_period=Duration.days(_DEAD_LETTER_DAYS), **common
        )
        reason = "It is where others are redriven to."
        acknowledge(dead_letters, "SQSRedrivePolicy", reason=reason, pack="Serverless")
        self.dead_letters[description.name] = dead_letters
        return sqs.Queue(
            self,
            name,
            visibility_timeout=Duration.seconds(description.visibility_timeout_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=dead_letters, max_receive_count=description.max_receives
            ),
            **common,
        )
