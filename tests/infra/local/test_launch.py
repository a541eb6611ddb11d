import sys
from dataclasses import replace
from pathlib import Path

from infra.local.aws import AwsAccess
from infra.local.launch import worker_command, worker_environment
from infra.local.plan import Plan
from infra.topology import Function, Queue, Table
from parley.cors import CorsPolicy

OWN = AwsAccess(endpoint_url="http://127.0.0.1:1", own=True)
PLAIN = Function(
    name="plain", memory_mb=256, timeout_seconds=3, tables={"users": ("GetItem",)}, settings=("A",)
)
STREAMING = Function(name="streaming", memory_mb=512, timeout_seconds=3, streaming=True)


def test_a_worker_sees_what_lambda_sets_its_tables_and_its_settings_and_nothing_else() -> None:
    plan = Plan(
        functions=(PLAIN,),
        tables=(Table(name="users"), Table(name="rooms")),
        root=Path("/task"),
        cors=CorsPolicy(("https://a.example", "https://b.example")),
        settings={"A": "1", "B": "2", "SECRET_OF_THE_DEVELOPER": "3", "HOME": "/home/me"},
    )
    environment = worker_environment(plan, PLAIN, OWN, runtime_api="127.0.0.1:9")
    assert environment["A"] == "1"
    assert environment["PARLEY_USERS_TABLE"] == "parley-local-users"
    assert environment["PARLEY_STAGE"] == "local"
    assert environment["PARLEY_CORS_ORIGINS"] == "https://a.example,https://b.example"
    assert environment["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environment["LAMBDA_TASK_ROOT"] == "/task"
    assert environment["HOME"] == "/tmp"
    assert not {"B", "SECRET_OF_THE_DEVELOPER", "PARLEY_ROOMS_TABLE", "POWERTOOLS_DEV"} & environment.keys()


def test_a_worker_is_told_the_functions_that_it_invokes_and_where_lambda_is() -> None:
    caller = Function(name="caller", memory_mb=256, timeout_seconds=3, invokes=("runner",))
    runner = Function(name="runner", memory_mb=256, timeout_seconds=3)
    plan = Plan(functions=(caller, runner, PLAIN))
    aws = replace(OWN, lambda_endpoint_url="http://127.0.0.1:2")

    environment = worker_environment(plan, caller, aws, runtime_api="127.0.0.1:9")

    assert environment["AWS_ENDPOINT_URL_LAMBDA"] == "http://127.0.0.1:2"
    assert environment["PARLEY_RUNNER_FUNCTION"] == "parley-local-runner"
    assert "PARLEY_PLAIN_FUNCTION" not in environment


def test_only_a_worker_that_posts_to_sockets_is_told_where_their_api_is() -> None:
    speaker = Function(name="speaker", memory_mb=256, timeout_seconds=3, posts_to_sockets=True)
    plan = Plan(functions=(speaker, PLAIN))
    aws = replace(OWN, socket_api_url="http://127.0.0.1:2/local")

    told = {
        function.name: worker_environment(plan, function, aws, runtime_api="127.0.0.1:9").get(
            "PARLEY_SOCKET_API_URL"
        )
        for function in plan.functions
    }

    assert told == {"speaker": "http://127.0.0.1:2/local", "plain": None}


def test_a_worker_is_told_the_queues_that_it_sends_to_or_consumes() -> None:
    sender = Function(name="sender", memory_mb=256, timeout_seconds=3, sends_to=("work",))
    consumer = Function(name="consumer", memory_mb=256, timeout_seconds=3, consumes="work")
    queues = tuple(
        Queue(name=name, visibility_timeout_seconds=60, max_receives=2) for name in ("work", "other")
    )
    plan = Plan(functions=(sender, consumer, PLAIN), queues=queues)
    aws = replace(OWN, queue_urls={queue.name: f"http://127.0.0.1:1/1/{queue.name}" for queue in queues})

    for function, told in ((sender, True), (consumer, True), (PLAIN, False)):
        environment = worker_environment(plan, function, aws, runtime_api="127.0.0.1:9")
        assert environment.get("PARLEY_WORK_QUEUE_URL") == ("http://127.0.0.1:1/1/work" if told else None)
        assert "PARLEY_OTHER_QUEUE_URL" not in environment


def test_an_isolated_worker_is_told_nothing_of_the_product() -> None:
    isolated = Function(name="isolated", memory_mb=256, timeout_seconds=3, isolated=True)
    plan = Plan(functions=(isolated,), cors=CorsPolicy(("https://a.example",)))

    environment = worker_environment(plan, isolated, OWN, runtime_api="127.0.0.1:9")

    assert not [name for name in environment if name.startswith(("PARLEY_", "POWERTOOLS_"))]
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "parley-local-isolated"


def test_the_developers_endpoint_comes_with_the_developers_credentials() -> None:
    access = AwsAccess.from_environment(
        {
            "AWS_ENDPOINT_URL": "http://localhost:4566",
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
        }
    )
    assert access is not None
    assert not access.own
    environment = access.environment()
    assert environment["AWS_ENDPOINT_URL"] == "http://localhost:4566"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert environment["AWS_SESSION_TOKEN"] == "token"


def test_without_an_endpoint_credentials_of_the_developer_are_left_alone() -> None:
    assert AwsAccess.from_environment({"AWS_ACCESS_KEY_ID": "id"}) is None
    assert OWN.environment()["AWS_ACCESS_KEY_ID"] == "local"
    assert "AWS_SESSION_TOKEN" not in OWN.environment()


def test_a_streaming_function_runs_through_the_wrapper_with_the_same_command() -> None:
    plain, streaming = worker_command(PLAIN, {}), worker_command(STREAMING, {})
    assert plain == [sys.executable, "-m", "awslambdaric", "functions.plain.handler.handler"]
    assert Path(streaming[0]).name == "streaming-bootstrap"
    assert streaming[1:] == [sys.executable, "-m", "awslambdaric", "functions.streaming.handler.handler"]


def test_the_plain_runtime_can_be_chosen() -> None:
    chosen = {"PARLEY_LOCAL_RUNTIME": "plain"}
    assert worker_command(PLAIN, chosen)[1:] == ["-m", "infra.local.plain_runtime"]
    assert worker_command(STREAMING, chosen)[1:] == ["-m", "infra.local.plain_runtime", "--streaming"]
