"""The catalogue: the tools that bear a name, and no other."""

from parley.domain.tools import TOOL_NAMES
from tests.fakes.catalogue import offline_registry


def test_the_catalogue_brings_the_tools_that_are_named_in_their_order():
    assert tuple(offline_registry().names) == TOOL_NAMES


def test_there_are_eleven_names():
    assert len(set(TOOL_NAMES)) == len(TOOL_NAMES) == 11
