"""Who is mentioned in a text: `@name` in any script, but neither in code nor in addresses."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.agents import is_fit_name, name_key
from parley.domain.mentions import mentioned_agents
from tests.examples import an_agent


def mentioned(text, *names):
    return [agent.name for agent in mentioned_agents(text, [an_agent(name=name) for name in names])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ann", ["Ann"]),
        ("@ann and @BEN!", ["Ann", "Ben"]),
        ("@Ben, @Ann, @Ben", ["Ben", "Ann"]),
        ("Ann and Ben", []),
        ("＠Ann ﹫Ben", ["Ann", "Ben"]),
        ("@Ａｎｎ", ["Ann"]),
        ("@ Ann", []),
        ("@Annabel", []),
        ("@Ann2 @Ann_x @Anné", []),
        ("@Ann's idea", ["Ann"]),
        ("(@Ann) /@Ben", ["Ann", "Ben"]),
        ("@Ann@Ben", ["Ann", "Ben"]),
        ("@Ann@ben.example @Annabel@Ben", ["Ann", "Ben"]),
        ("@Ann，@Ben。", ["Ann", "Ben"]),
        ("@小助手你好", ["小助手"]),
        ("你好@小助手", ["小助手"]),
        ("@Ann你好", ["Ann"]),
        ("你好@Ann", ["Ann"]),
        ("@小助手Ann", ["小助手"]),
        ("@비서야 안녕", ["비서"]),
        ("@Doctor Who is it", ["Doctor Who"]),
        ("@doctor   who", ["Doctor Who"]),
        ("@doctor\u3000WHO", ["Doctor Who"]),
        ("@Doctor\nWho", ["Doctor"]),
        ("@Doctor Whose", ["Doctor"]),
        ("@C++ or @C", ["C++", "C"]),
        ("@राम जी", ["राम"]),
        ("@रामी", []),
        ("@🤖!", ["🤖"]),
        ("@Strasse", ["Straße"]),
        ("> @Ann\n- @Ben", ["Ann", "Ben"]),
    ],
)
def test_a_mention_is_a_whole_name_in_any_spelling(text, expected):
    names = ("Ann", "Ben", "小助手", "비서", "Doctor", "Doctor Who", "C", "C++", "राम", "🤖", "Straße")
    assert mentioned(text, *names) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("me@Ann.com", []),
        ("write to a.b@ann or ÉMILE@ann", []),
        ("https://example.com/@Ann", []),
        ("https://Ben@ann:80/?q=@Ann#@Ben @Ann", ["Ann"]),
        ("www.example.com/@Ann", []),
        ("see example.com/@Ann and example.org:8000/x/@Ben", []),
        ("看https://example.com/x，@Ann", ["Ann"]),
        ("<https://example.com/>@Ann", ["Ann"]),
        ("`@Ann` @Ben", ["Ben"]),
        ("``a ` @Ann`` @Ben", ["Ben"]),
        ("a ` b @Ann", ["Ann"]),
        ("`a\n\n@Ann`", ["Ann"]),
        ("`a\n@Ann`", []),
        ("`a`@Ann`b`", ["Ann"]),
        ("```\n@Ann\n```\n@Ben", ["Ben"]),
        ("```python\n@Ann\n", []),
        ("~~~~\n@Ann\n~~~\n@Ann\n~~~~\n@Ben", ["Ben"]),
        ("> ```\n> @Ann\n> ```\n> @Ben", ["Ben"]),
        ("```@Ann```\n@Ben", ["Ben"]),
        ("```\n`@Ann\n```\n@Ben` @Ann", ["Ben", "Ann"]),
        ("@An`n`", []),
    ],
)
def test_code_and_addresses_mention_nobody(text, expected):
    assert mentioned(text, "Ann", "Ben") == expected


def test_the_longest_name_that_fits_is_meant():
    assert mentioned("@Ann Bee and @小助手", "Ann", "Ann Bee", "小助", "小助手") == ["Ann Bee", "小助手"]


names = st.text(st.sampled_from("aAbÉ ßn小助手かな1_-.`~:/'\u0301"), min_size=1, max_size=6).filter(
    lambda name: is_fit_name(name) and name == name.strip()
)


@given(st.lists(names, min_size=1, max_size=6, unique_by=name_key), st.data())
def test_a_name_between_spaces_is_found_unless_it_looks_like_code_or_an_address(names, data):
    name = data.draw(st.sampled_from(names))
    others = [each for each in names if name_key(each).startswith(name_key(name))]
    if not set(name) & set("`~:/"):
        assert mentioned(f"so @{name}, then", *names) in ([each] for each in others)


@given(st.text("@＠ab ` ~\n小.:/w", max_size=60), st.lists(names, max_size=6, unique_by=name_key))
def test_each_is_named_once_and_only_where_the_text_names_it(text, names):
    found = mentioned(text, *names)
    assert len(set(found)) == len(found)
    assert all("@" + name_key(name) in name_key(text) for name in found)


@given(st.text("@ab小 `\n", max_size=40))
def test_nobody_is_found_in_a_block_of_code(text):
    assert mentioned(f"````\n{text.replace('`', '')}\n````", "a", "b", "ab", "小") == []


@pytest.mark.parametrize(
    "piece",
    [
        "@",
        "@a",
        "@" + "a" * 99,
        "`",
        "` ``",
        "a",
        ".a",
        "a.a",
        "://",
        "\n",
        "\n\t",
        "```\n",
        "> > ",
        "@小",
        "w",
    ],
)
def test_the_longest_message_is_read_in_a_moment(piece):
    text = (piece * 200_000)[:200_000]
    agents = [an_agent(name="a" * (51 + number)) for number in range(50)]
    started = time.process_time()
    mentioned_agents(text, agents)
    assert time.process_time() - started < 3  # seconds; with the square of the length it takes minutes
