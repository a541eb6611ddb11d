"""Reads a synthesised template by what resources are, never by their hashed names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.app import FEATURE_FLAGS
from infra.deployment import Deployment
from infra.stacks.parley_stack import ParleyStack
from infra.stage import stage_named

PROJECT = Path(__file__).resolve().parents[3]

Resource = Mapping[str, Any]


def synthesise(
    folder: Path,
    *,
    dependencies: Mapping[str, Path],
    deployment: Deployment | None = None,
) -> "Synthesis":
    app = App(outdir=str(folder), context=FEATURE_FLAGS, analytics_reporting=False)
    stack = ParleyStack(
        app,
        "parley",
        deployment=deployment or Deployment(stage=stage_named("dev")),
        dependencies=dependencies,
    )
    app.synth()
    return Synthesis(folder, stack.template_file)


@dataclass(frozen=True)
class Synthesis:
    folder: Path
    template_file: str

    @cached_property
    def text(self) -> str:
        return (self.folder / self.template_file).read_text("utf-8")

    @cached_property
    def template(self) -> dict[str, Any]:
        return json.loads(self.text)

    def resources(self, resource_type: str) -> dict[str, Resource]:
        """By logical name, which only this class and references make use of."""
        return {
            name: resource
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == resource_type
        }

    def properties(self, resource_type: str) -> list[dict[str, Any]]:
        return [resource.get("Properties", {}) for resource in self.resources(resource_type).values()]

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        """Properties by the folder's name."""
        return {
            function["Handler"].split(".")[1]: function
            for function in self.properties("AWS::Lambda::Function")
        }

    @cached_property
    def tables(self) -> dict[str, Resource]:
        """By the topology's name: that of the environment variable which refers to it."""
        found = self.resources("AWS::DynamoDB::Table")
        return {self.table_names[name]: resource for name, resource in found.items()}

    @cached_property
    def table_names(self) -> dict[str, str]:
        variables = [
            pair
            for function in self.functions
            for pair in self.variables(function).items()
            if pair[0].endswith("_TABLE")
        ]
        return {
            value["Ref"]: name.removeprefix("PARLEY_").removesuffix("_TABLE").lower()
            for name, value in variables
        }

    def variables(self, function: str) -> dict[str, Any]:
        """The environment of the function with this folder."""
        return dict(self.functions[function].get("Environment", {"Variables": {}})["Variables"])

    def readable_parameters(self, function: str) -> set[str]:
        """The names of the parameters that the function with this folder may read."""
        role = {"Ref": self.functions[function]["Role"]["Fn::GetAtt"][0]}
        statements = [
            statement
            for policy in self.properties("AWS::IAM::Policy")
            if role in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Action"] == "ssm:GetParameter"
        ]
        found = [each["Resource"] for each in statements]
        arns = [arn for each in found for arn in (each if isinstance(each, list) else [each])]
        return {arn["Fn::Join"][1][-1].removeprefix(":parameter") for arn in arns}

    @cached_property
    def key_names(self) -> dict[str, str]:
        """The topology's names by logical name: those of the environment variables which refer to them."""
        return {
            value["Fn::GetAtt"][0]: name.removeprefix("PARLEY_").removesuffix("_KEY_ID").lower()
            for function in self.functions
            for name, value in self.variables(function).items()
            if name.endswith("_KEY_ID")
        }

    @cached_property
    def queue_names(self) -> dict[str, str]:
        """The topology's names by logical name: those of the environment variables which refer to them."""
        return {
            value["Ref"]: name.removeprefix("PARLEY_").removesuffix("_QUEUE_URL").lower()
            for function in self.functions
            for name, value in self.variables(function).items()
            if name.endswith("_QUEUE_URL")
        }

    @cached_property
    def methods(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Properties by HTTP method and path."""
        return {
            (method["HttpMethod"], self.path(method["ResourceId"])): method
            for method in self.properties("AWS::ApiGateway::Method")
        }

    def path(self, resource_id: Mapping[str, Any]) -> str:
        if "Fn::GetAtt" in resource_id:
            return "/"
        resource = self.template["Resources"][resource_id["Ref"]]["Properties"]
        return f"{self.path(resource['ParentId']).rstrip('/')}/{resource['PathPart']}"

    def function_of(self, uri: Mapping[str, Any]) -> str:
        """The function that an integration's URI calls."""
        names = [part["Fn::GetAtt"][0] for part in uri["Fn::Join"][1] if "Fn::GetAtt" in part]
        (name,) = names
        return self.name_of_function(name)

    def name_of_function(self, logical_name: str) -> str:
        return self.template["Resources"][logical_name]["Properties"]["Handler"].split(".")[1]

    def asset(self, content: Mapping[str, Any]) -> Path:
        """The folder that a function's or a layer's code is packed from."""
        return self.folder / f"asset.{content['S3Key'].removesuffix('.zip')}"
