"""The real host process: its data over restarts, its atomic writes, and its end."""

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import AwsHost, AwsHostError
from infra.local.tables import definition, ensure_tables
from infra.topology import Index, Table
from tests.infra.local.hosts import HostProcess, running_host
from tests.infra.local.projects import wait_until

TABLE = Table(
    name="things",
    ttl_attribute="expires",
    indexes=(
        Index(name="by_time", sort_key="time", attributes=("title",)),
        Index(name="by_owner", partition_key="owner", sort_key="time"),
    ),
)
NAME = "parley-local-things"
ITEM: dict[str, Any] = {
    "pk": {"S": "a"},
    "sk": {"S": "1"},
    "time": {"S": "2026"},
    "owner": {"S": "me"},
    "text": {"S": "你好 \u2028 \U0001f600"},
    "number": {"N": "3.14"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "bytes": {"B": b"\x00\xff"},
    "words": {"SS": ["a", "b"]},
    "nested": {"M": {"list": {"L": [{"N": "1"}, {"M": {"deep": {"S": "x"}}}]}}},
}


@pytest.fixture(scope="module")
def shared_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    with running_host(tmp_path_factory.mktemp("aws")) as host:
        yield host


@pytest.fixture
def host(shared_host: HostProcess) -> HostProcess:
    ensure_tables(shared_host.client, [TABLE], fresh=True, rebuild=True)
    return shared_host


def test_tables_items_and_indexes_survive_a_restart(tmp_path: Path) -> None:
    with running_host(tmp_path) as host:
        ensure_tables(host.client, [TABLE], fresh=False, rebuild=True)
        before = host.client.describe_table(TableName=NAME)["Table"]
        host.client.put_item(TableName=NAME, Item=ITEM)
    assert (tmp_path / "dynamodb.json").stat().st_mode & 0o077 == 0
    with running_host(tmp_path) as host:
        after = host.client.describe_table(TableName=NAME)["Table"]
        for key in ("KeySchema", "AttributeDefinitions", "LocalSecondaryIndexes"):
            assert after[key] == before[key]  # type: ignore[literal-required]
        ttl = host.client.describe_time_to_live(TableName=NAME)["TimeToLiveDescription"]
        assert ttl["AttributeName"] == "expires"
        key = {"pk": ITEM["pk"], "sk": ITEM["sk"]}
        assert host.client.get_item(TableName=NAME, Key=key)["Item"] == ITEM
        found = host.client.query(
            TableName=NAME,
            IndexName="by_owner",
            KeyConditionExpression="#o = :o",
            ExpressionAttributeNames={"#o": "owner"},
            ExpressionAttributeValues={":o": {"S": "me"}},
        )
        assert found["Count"] == 1
        host.client.delete_item(TableName=NAME, Key=key)
    with running_host(tmp_path) as host:
        assert "Item" not in host.client.get_item(TableName=NAME, Key=key)
    with running_host(tmp_path, "--fresh") as host:
        assert host.client.list_tables()["TableNames"] == []


def test_what_was_written_is_saved_within_seconds_even_if_the_host_is_killed(tmp_path: Path) -> None:
    host = HostProcess(tmp_path)
    ensure_tables(host.client, [TABLE], fresh=False, rebuild=True)
    host.client.put_item(TableName=NAME, Item=ITEM)
    saved = tmp_path / "dynamodb.json"
    wait_until(lambda: saved.exists() and "你好" in saved.read_text())
    host.process.kill()
    host.close()
    with running_host(tmp_path) as again:
        assert again.client.scan(TableName=NAME)["Count"] == 1


def test_sigterm_saves_and_ends_cleanly(tmp_path: Path) -> None:
    host = HostProcess(tmp_path)
    ensure_tables(host.client, [TABLE], fresh=False, rebuild=True)
    host.process.send_signal(signal.SIGTERM)
    assert host.process.wait(20) == 0
    host.close()
    assert NAME in (tmp_path / "dynamodb.json").read_text()


@pytest.mark.parametrize("content", ["{", '{"format": 99, "tables": []}', '{"format": 1, "tables": [{}]}'])
def test_data_that_cannot_be_read_stop_the_start_and_are_kept(
    tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dynamodb.json").write_text(content)

    async def start() -> None:
        host = await AwsHost.start(tmp_path, fresh=False)
        with pytest.raises(AwsHostError):
            await host.access()
        await host.stop()

    asyncio.run(start())
    assert "FRESH=1" in capfd.readouterr().err
    assert (tmp_path / "dynamodb.json").read_text() == content


def test_of_many_conditional_writes_at_once_exactly_one_passes(host: HostProcess) -> None:
    def claim(number: int) -> bool:
        try:
            host.client.put_item(
                TableName=NAME,
                Item={"pk": {"S": "name"}, "sk": {"S": "name"}, "by": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except host.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(40))) == 1


def test_a_table_has_the_keys_indexes_and_projections_of_the_topology(host: HostProcess) -> None:
    description: Any = host.client.describe_table(TableName=NAME)["Table"]
    local, other = description["LocalSecondaryIndexes"][0], description["GlobalSecondaryIndexes"][0]
    assert description["KeySchema"] == definition(TABLE)["KeySchema"]
    assert local["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}
    assert [key["AttributeName"] for key in local["KeySchema"]] == ["pk", "time"]
    assert other["Projection"]["ProjectionType"] == "ALL"
    assert [key["AttributeName"] for key in other["KeySchema"]] == ["owner", "time"]


def test_a_table_whose_indexes_changed_is_made_anew_with_its_items(host: HostProcess) -> None:
    for number in range(60):
        item = {"pk": {"S": "a"}, "sk": {"S": str(number)}, "rank": {"S": str(number)}}
        host.client.put_item(TableName=NAME, Item=item)
    changed = Table(name="things", indexes=(Index(name="by_rank", sort_key="rank"),))
    ensure_tables(host.client, [changed], fresh=False, rebuild=False)
    assert _index_names(host) == {"by_time"}
    ensure_tables(host.client, [changed], fresh=False, rebuild=True)
    assert _index_names(host) == {"by_rank"}
    assert host.client.scan(TableName=NAME)["Count"] == 60


def _index_names(host: HostProcess) -> set[str]:
    description: Any = host.client.describe_table(TableName=NAME)["Table"]
    return {index["IndexName"] for index in description["LocalSecondaryIndexes"]}


def test_fresh_tables_are_empty_and_other_tables_are_left_alone(host: HostProcess) -> None:
    other = Table(name="others")
    ensure_tables(host.client, [TABLE, other], fresh=False, rebuild=False)
    for name in (NAME, "parley-local-others"):
        host.client.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    ensure_tables(host.client, [TABLE], fresh=True, rebuild=False)
    assert host.client.scan(TableName=NAME)["Count"] == 0
    assert host.client.scan(TableName="parley-local-others")["Count"] == 1


def test_the_host_listens_on_the_loopback_interface_only(host: HostProcess) -> None:
    assert host.access.endpoint_url.startswith("http://127.0.0.1:")
    listening = Path(f"/proc/{host.process.pid}/net/tcp")
    if listening.exists():
        port = f":{int(host.access.endpoint_url.rpartition(':')[2]):04X} "
        [line] = [line for line in listening.read_text().splitlines() if port in line and " 0A " in line]
        assert "0100007F:" in line
