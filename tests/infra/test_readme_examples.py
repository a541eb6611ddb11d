"""What the READMEs show of the examples is what stands in them, and what their tests run."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
@pytest.mark.parametrize("example", ["room.js", "external_agent.py"])
def test_an_example_is_shown_as_it_stands(page: str, example: str) -> None:
    source = (PROJECT / "examples" / example).read_text("utf-8").strip()
    # Its docstring is the README's own sentence.
    shown = source.partition('"""\n\n')[2] or source

    assert shown in (PROJECT / page).read_text("utf-8")
