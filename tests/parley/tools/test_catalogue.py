"""The catalogue: the tools that bear a name."""

from parley.domain.tools import TOOL_NAMES
from tests.fakes.catalogue import offline_registry


def test_every_tool_is_named_and_in_the_order_of_the_names():
    names = offline_registry().names
    assert names == [name for name in TOOL_NAMES if name in names]


def test_there_are_eleven_names():
    assert len(set(TOOL_NAMES)) == len(TOOL_NAMES) == 11
