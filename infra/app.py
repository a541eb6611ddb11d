"""Synthesises the product for one stage: `python -m infra.app [-c stage=prod]`, or through the CDK CLI."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from infra.components.architecture import UnknownArchitectureError
from infra.components.dependencies_layer import DependenciesLayerError, build_dependencies_layers
from infra.deployment import DeploymentError, read_deployment
from infra.stacks.parley_stack import ParleyStack
from infra.stage import UnknownStageError
from parley.cors import InvalidOriginError

PROJECT = Path(__file__).resolve().parents[1]

# Here, not in cdk.json, which only the CLI reads: both ways must give the same template.
FEATURE_FLAGS = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
}

_MISTAKES = (
    UnknownStageError,
    UnknownArchitectureError,
    DeploymentError,
    DependenciesLayerError,
    InvalidOriginError,
)


def main(arguments: Sequence[str] | None = None) -> None:
    context = _context(sys.argv[1:] if arguments is None else arguments)
    # The CLI names its own folder.
    app = App(
        outdir=os.environ.get("CDK_OUTDIR", str(PROJECT / "cdk.out")),
        context={**FEATURE_FLAGS, **context},
        analytics_reporting=False,
    )
    try:
        deployment = read_deployment(lambda name: _look_up(app, name))
        stack = ParleyStack(
            app,
            f"parley-{deployment.stage.name}",
            deployment=deployment,
            dependencies=build_dependencies_layers(PROJECT, architecture=deployment.architecture),
        )
    except _MISTAKES as error:
        raise SystemExit(str(error)) from error
    _report(app.synth(), stack)


def _context(arguments: Sequence[str]) -> dict[str, str]:
    parser = ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    pairs = [pair.partition("=") for pair in parser.parse_args(arguments).context]
    return {key: value for key, _, value in pairs}


def _look_up(app: App, name: str) -> str | None:
    """From the context; what is named after the product or the CLI also from the environment."""
    of_environment = os.environ.get(name) if name.startswith(("PARLEY_", "CDK_")) else None
    return app.node.try_get_context(name) or of_environment or None


def _report(assembly: CloudAssembly, stack: ParleyStack) -> None:
    """On standard error: the CLI may be asked to print the template on the other."""
    print(f"Template: {Path(assembly.directory, stack.template_file)}", file=sys.stderr)
    for name, size in stack.backend.layers.unzipped_bytes.items():
        print(f"Layer {name}: {size / 1_000_000:.1f} MB unzipped", file=sys.stderr)
    for name, size in stack.backend.function_bytes.items():
        print(f"Function {name}: {size / 1_000:.0f} KB unzipped", file=sys.stderr)


if __name__ == "__main__":
    main()
