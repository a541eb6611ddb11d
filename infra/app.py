"""Synthesises the product for one stage: `python -m infra.app [-c stage=prod]`, or through the CDK CLI."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from infra import topology
from infra.components.dependencies_layer import DependenciesLayerError, build_dependencies_layers
from infra.stacks.parley_stack import ParleyStack
from infra.stage import DEFAULT_STAGE, UnknownStageError, stage_named
from parley.cors import SETTING as CORS_SETTING
from parley.cors import InvalidOriginError

PROJECT = Path(__file__).resolve().parents[1]

# Here, not in cdk.json, which only the CLI reads: both ways must give the same template.
FEATURE_FLAGS = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
}


def main(arguments: Sequence[str] | None = None) -> None:
    context = _context(sys.argv[1:] if arguments is None else arguments)
    # The CLI names its own folder.
    app = App(
        outdir=os.environ.get("CDK_OUTDIR", str(PROJECT / "cdk.out")),
        context={**FEATURE_FLAGS, **context},
        analytics_reporting=False,
    )
    try:
        stage = stage_named(app.node.try_get_context("stage") or DEFAULT_STAGE)
        dependencies = build_dependencies_layers(PROJECT)
        stack = ParleyStack(
            app,
            f"parley-{stage.name}",
            stage=stage,
            project=PROJECT,
            dependencies=dependencies,
            settings=_deployer_settings(app, os.environ),
            sets_account_log_role=app.node.try_get_context("account_log_role") != "existing",
        )
    except (UnknownStageError, DependenciesLayerError, InvalidOriginError) as error:
        raise SystemExit(str(error)) from error
    _report(app.synth(), stack)


def _context(arguments: Sequence[str]) -> dict[str, str]:
    parser = ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    pairs = [pair.partition("=") for pair in parser.parse_args(arguments).context]
    return {key: value for key, _, value in pairs}


def _deployer_settings(app: App, environment: Mapping[str, str]) -> dict[str, str]:
    """What functions want to know of whoever deploys: from the context, else the environment."""
    names = {name for function in topology.FUNCTIONS for name in function.settings} | {CORS_SETTING}
    found = {name: app.node.try_get_context(name) or environment.get(name) for name in sorted(names)}
    return {name: value for name, value in found.items() if value}


def _report(assembly: CloudAssembly, stack: ParleyStack) -> None:
    """On standard error: the CLI may be asked to print the template on the other."""
    print(f"Template: {Path(assembly.directory, stack.template_file)}", file=sys.stderr)
    for name, size in stack.layers.unzipped_bytes.items():
        print(f"Layer {name}: {size / 1_000_000:.1f} MB unzipped", file=sys.stderr)


if __name__ == "__main__":
    main()
