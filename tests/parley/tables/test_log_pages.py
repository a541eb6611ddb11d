"""Logs read in pages: whole chunks, of long logs and short ones, also where a copy of the table is late."""

import pytest

from parley.domain.events import FinishReason, ReplyDone, TextDelta, ToolReturned, Usage
from parley.domain.ids import CONVERSATION, new_id, new_message_id
from parley.domain.reply_logs import LogPage

REPLY = new_message_id(new_id(CONVERSATION))
DONE = ReplyDone(message_id=REPLY, token_count=7, usage=Usage(), finish_reason=FinishReason.STOP)


def texts(*contents):
    return [TextDelta(content) for content in contents]


def told(page: LogPage):
    return [(number, event.content) for number, event in page.events]


def read_all(log, *, after=0):
    """As a reader does that has the events up to `after`."""
    page, events = log.read(REPLY, after=after), []
    while page.events:
        events += page.events
        page = log.read_on(REPLY, page, after=events[-1][0])
    return events


def test_a_chunk_longer_than_an_item_is_read_whole_from_anywhere(tables):
    long = ToolReturned(id="1", name="read", success=True, content="文" * 400_000, duration_ms=1)
    tables.log.append(REPLY, 1, texts("a"))
    tables.log.append(REPLY, 2, [TextDelta("b"), long, TextDelta("c")])
    tables.log.append(REPLY, 5, texts("d"))
    whole = read_all(tables.log)
    assert [number for number, _ in whole] == [1, 2, 3, 4, 5]
    assert whole[2] == (3, long)
    for after in range(6):
        assert read_all(tables.log, after=after) == whole[after:]
    assert tables.log.request_stop(REPLY)
    assert tables.log.append(REPLY, 6, [DONE])


def test_a_log_of_many_megabytes_is_read_in_pages_and_sealed_whole(tables, meter):
    piece = "页" * 100_000
    for number in range(1, 21):
        assert tables.log.append(REPLY, number, texts(piece)) is False
    with meter() as first:
        assert len(tables.log.read(REPLY).events) == 4
    assert first.total.read_units * 4096 < 2_500_000
    assert read_all(tables.log) == [(number, TextDelta(piece)) for number in range(1, 21)]
    assert len(tables.log.seal(REPLY).events) == 20


@pytest.mark.parametrize("missing", ["000000003", "000000003#0001", "000000003#0002"])
def test_what_a_late_copy_of_the_table_does_not_show_yet_is_no_gap_for_a_reader(tables, dynamodb, missing):
    """As an eventually consistent read may find it."""
    from tests.tables_on_moto import TABLE_NAMES

    tables.log.append(REPLY, 1, texts("a", "b"))
    tables.log.append(REPLY, 3, texts("长" * 300_000))
    tables.log.append(REPLY, 4, [*texts("d"), DONE])
    key = {"pk": {"S": f"LOG#{REPLY}"}, "sk": {"S": missing}}
    table = TABLE_NAMES["conversations"]
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.delete_item(TableName=table, Key=key)
    seen = tables.log.read_on(REPLY, LogPage(), after=0)
    assert (told(seen), seen.place, seen.is_ended) == ([(1, "a"), (2, "b")], 3, False)
    dynamodb.put_item(TableName=table, Item=item)
    rest = tables.log.read_on(REPLY, seen, after=2)
    assert ([number for number, _ in rest.events], rest.is_ended) == ([3, 4, 5], True)


def test_following_costs_half_a_unit_for_each_look(tables, meter):
    tables.log.append(REPLY, 1, texts("a"))
    page = tables.log.read(REPLY)
    with meter() as looking:
        for _ in range(10):
            page = tables.log.read_on(REPLY, page, after=1)
    assert (looking.total.read_units, looking.total.write_units) == (5, 0)
