"""A web ACL, for who wants one: $5 a month and $1 for each rule, whoever calls."""

from typing import Any

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

_REQUESTS_IN_FIVE_MINUTES = 2000


class WebAcl(Construct):
    """By addresses only: AWS's rules for bodies would refuse programs and markup that people talk about.

    `scope` is `CLOUDFRONT`, in us-east-1 only, or `REGIONAL`.
    https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, acl_scope: str) -> None:
        super().__init__(scope, construct_id)
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope=acl_scope,
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("all"),
            rules=[
                _rule(0, "reputation", override_action={"none": {}}, statement=_REPUTATION),
                _rule(1, "rate", action={"block": {}}, statement=_RATE),
            ],
        )
        self.arn = acl.attr_arn

    def protect(self, resource_arn: str) -> None:
        """A stage of a REST API; a distribution names its ACL itself."""
        wafv2.CfnWebACLAssociation(self, "Association", resource_arn=resource_arn, web_acl_arn=self.arn)


_REPUTATION = {
    "managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesAmazonIpReputationList"}
}
_RATE = {"rateBasedStatement": {"limit": _REQUESTS_IN_FIVE_MINUTES, "aggregateKeyType": "IP"}}


def _rule(priority: int, name: str, **parts: Any) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name=name, priority=priority, visibility_config=_visible(name), **parts
    )


def _visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
