"""What is seen of the product while it runs, and when somebody is called."""

from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra.components.alarms import Alarms
from infra.components.dashboard import Dashboard, TokenPrices
from infra.components.metrics import Metrics
from infra.stage import StageSettings


class Operations(Construct):
    """Without a topic there is nobody to call: then there are no alarms."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metrics: Metrics,
        stage: StageSettings,
        prices: TokenPrices,
        topic: ITopic | None,
    ) -> None:
        super().__init__(scope, construct_id)
        Dashboard(self, "Dashboard", metrics=metrics, prices=prices)
        if topic is not None:
            Alarms(self, "Alarms", metrics=metrics, stage=stage, topic=topic)
