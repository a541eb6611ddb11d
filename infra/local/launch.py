"""How a function's worker is started: the command, and the environment that Lambda would give it."""

import importlib.util
import os
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from infra.local.aws import AwsAccess
from infra.local.plan import ACCOUNT_ID, PROJECT, STAGE, Plan, key_alias, physical_name
from infra.topology import PYTHON_VERSION, SOCKET_API_SETTING, Function, common_environment

_STREAMING_BOOTSTRAP = PROJECT / "layers" / "streaming" / "streaming-bootstrap"


def worker_command(function: Function, environment: Mapping[str, str]) -> list[str]:
    """The managed runtime's own client, or where that is missing (its wheels are for Linux) ours.

    `environment` is the stack's: PARLEY_LOCAL_RUNTIME=plain chooses ours as well.
    """
    wanted = environment.get("PARLEY_LOCAL_RUNTIME", "")
    if wanted == "plain" or importlib.util.find_spec("awslambdaric") is None:
        flags = ["--streaming"] if function.streaming else []
        return [sys.executable, "-m", "infra.local.plain_runtime", *flags]
    command = [sys.executable, "-m", "awslambdaric", function.handler]
    # In the cloud the same script is named by AWS_LAMBDA_EXEC_WRAPPER and given the runtime's command.
    return [str(_STREAMING_BOOTSTRAP), *command] if function.streaming else command


def worker_environment(plan: Plan, function: Function, aws: AwsAccess, *, runtime_api: str) -> dict[str, str]:
    """Only what Lambda sets and the topology names: nothing of the developer's own environment leaks in."""
    return {
        **_process_environment(plan),
        **_lambda_environment(plan, function, runtime_api),
        **aws.environment(),
        **({} if function.isolated else _product_environment(plan, function, aws)),
    }


def _product_environment(plan: Plan, function: Function, aws: AwsAccess) -> dict[str, str]:
    return {
        **common_environment(stage=STAGE, cors=plan.cors),
        **{
            table.environment_variable: physical_name(table.name)
            for table in plan.tables
            if table.name in function.tables
        },
        **{
            invoked.environment_variable: physical_name(invoked.name)
            for invoked in plan.functions
            if invoked.name in function.invokes
        },
        **{key.environment_variable: key_alias(key.name) for key in plan.keys if key.name in function.keys},
        **_queue_environment(plan, function, aws),
        **{
            name: plan.settings[name]
            for name in (*function.settings, *function.secrets)
            if name in plan.settings
        },
        **_socket_environment(function, aws),
        # There is no X-Ray daemon here to talk to.
        "AWS_XRAY_SDK_ENABLED": "false",
        "POWERTOOLS_TRACE_DISABLED": "1",
    }


def _socket_environment(function: Function, aws: AwsAccess) -> dict[str, str]:
    if not function.posts_to_sockets or aws.socket_api_url is None:
        return {}
    return {SOCKET_API_SETTING: aws.socket_api_url}


def _queue_environment(plan: Plan, function: Function, aws: AwsAccess) -> dict[str, str]:
    told = {*function.sends_to, function.consumes} & aws.queue_urls.keys()
    return {
        queue.environment_variable: aws.queue_urls[queue.name] for queue in plan.queues if queue.name in told
    }


def _process_environment(plan: Plan) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in (plan.root, *plan.python_path)),
        "PYTHONUNBUFFERED": "1",
        "HOME": "/tmp",  # noqa: S108 - the only folder that a function may write to
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }


def _lambda_environment(plan: Plan, function: Function, runtime_api: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    name = physical_name(function.name)
    return {
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(plan.root),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{PYTHON_VERSION}",
    }


def function_arn(function: Function, aws: AwsAccess) -> str:
    return f"arn:aws:lambda:{aws.region}:{ACCOUNT_ID}:function:{physical_name(function.name)}"
