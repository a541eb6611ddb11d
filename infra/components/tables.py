"""The DynamoDB tables of the topology, and who may do what with them."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import topology
from infra.stage import StageSettings


class Tables(Construct):
    """On demand, encrypted with DynamoDB's own key: nothing is paid while nobody talks."""

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: Sequence[topology.Table], stage: StageSettings
    ) -> None:
        super().__init__(scope, construct_id)
        self._descriptions = {table.name: table for table in tables}
        self._tables = {table.name: self._create(table, stage) for table in tables}

    def environment(self, function: topology.Function) -> dict[str, str]:
        """Where the function finds its tables."""
        return {
            self._descriptions[name].environment_variable: self._tables[name].table_name
            for name in function.tables
        }

    def grant(self, role: iam.Role, function: topology.Function) -> None:
        """Exactly the actions that the function names; of an index there is nothing to do but query it."""
        for name, actions in function.tables.items():
            table_arn = self._tables[name].table_arn
            iam.Grant.add_to_principal(
                grantee=role,
                actions=[f"dynamodb:{action}" for action in actions],
                resource_arns=[table_arn],
            )
            indexes = self._descriptions[name].indexes
            if indexes and "Query" in actions:
                iam.Grant.add_to_principal(
                    grantee=role,
                    actions=["dynamodb:Query"],
                    resource_arns=[f"{table_arn}/index/{index.name}" for index in indexes],
                )

    def _create(self, description: topology.Table, stage: StageSettings) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            description.name.title(),
            partition_key=_key(description.partition_key),
            sort_key=_key(description.sort_key),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.DEFAULT,
            time_to_live_attribute=description.ttl_attribute,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=stage.point_in_time_recovery
            ),
            deletion_protection=stage.deletion_protection,
            removal_policy=stage.removal_policy,
        )
        for index in description.indexes:
            _add_index(table, index)
        return table


def _add_index(table: dynamodb.Table, index: topology.Index) -> None:
    projection = dynamodb.ProjectionType.INCLUDE if index.attributes else dynamodb.ProjectionType.ALL
    attributes = list(index.attributes) or None
    if index.partition_key is None:
        table.add_local_secondary_index(
            index_name=index.name,
            sort_key=_key(index.sort_key),
            projection_type=projection,
            non_key_attributes=attributes,
        )
    else:
        table.add_global_secondary_index(
            index_name=index.name,
            partition_key=_key(index.partition_key),
            sort_key=_key(index.sort_key),
            projection_type=projection,
            non_key_attributes=attributes,
        )


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
