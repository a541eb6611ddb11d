"""Every sentence of ours about a failure can be said in Chinese: the sources are asked which there are."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from parley.http.sentences import _CHINESE, say

PACKAGE = Path(__file__).parents[3] / "layers" / "parley" / "python" / "parley"
SOURCES = [
    *(PACKAGE / "models").glob("*.py"),
    *(PACKAGE / "chat").glob("reply_*.py"),
    *(PACKAGE / "chat").glob("provider*.py"),
    PACKAGE / "domain" / "events.py",
    *(PACKAGE / "chat").glob("turn_*.py"),
    PACKAGE / "chat" / "room_followers.py",
    PACKAGE / "gateways" / "guarded_urls.py",
    PACKAGE / "tools" / "execution.py",
]
# What makes a failure of a sentence, and what makes a clause of one.
MAKERS = {
    "ModelError",
    "Failed",
    "Notice",
    "broken",
    "ReplyFailed",
    "RefusedUrlError",
    "ModelServiceError",
    "RefusedBaseUrlError",
    "failed",
}
CLAUSES = {"_cause", "refusal_reason"}
VALUE = "§"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _texts(node: ast.expr, names: dict[str, ast.expr]) -> list[str]:
    """What an expression may come to; `VALUE` stands for what is only known then."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(parts) for parts in product(*(_texts(value, names) for value in values))]
        case ast.FormattedValue(value=value):
            return (_texts(value, names) if isinstance(value, ast.Name) else []) or [VALUE]
        case ast.BinOp(left=left, right=right):
            return [one + other for one in _texts(left, names) for other in _texts(right, names)]
        case ast.IfExp(body=body, orelse=other):
            return _texts(body, names) + _texts(other, names)
        case ast.Name(id=name) if name in names:
            return _texts(names[name], {})
    return []


def _sentences(source: Path) -> Iterator[str]:
    tree = ast.parse(source.read_text())
    constants = _assigned(tree.body)
    for function in ast.walk(tree):
        if isinstance(function, FUNCTIONS) and function.name in CLAUSES:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value:
                    yield from _texts(node.value, constants)
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))]:
        names = constants | _assigned(ast.walk(scope))
        for call in ast.walk(scope):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MAKERS:
                given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "content")]
                for each in given:
                    yield from _texts(each, names)


def _assigned(nodes) -> dict[str, ast.expr]:
    return {
        node.targets[0].id: node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


SENTENCES = sorted({sentence for source in SOURCES for sentence in _sentences(source)})


def test_the_sources_are_understood():
    assert len(SENTENCES) > 40
    assert "The model's service answered §: §" in SENTENCES
    assert "the reply was interrupted" in SENTENCES


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_of_the_sources_is_said_in_chinese(sentence):
    chinese = say(sentence, "zh")
    assert chinese != sentence
    assert sentence.count(VALUE) == chinese.count(VALUE)
    assert say(sentence, "en") == sentence


@pytest.mark.parametrize("english", _CHINESE)
def test_no_translation_loses_or_invents_a_part(english):
    assert english.count("{}") == _CHINESE[english].count("{}")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("The model's service answered 404: no model {x}: y", "模型服务返回 404：no model {x}: y"),
        ("The model's service answered 500.", "模型服务返回 500。"),
        (
            "The model's service cannot be reached: its address is not allowed: port 22 is not allowed.",
            "无法连接模型服务：不允许访问该地址：不允许使用端口 22。",
        ),
        ("The model's service reported: line one\nline two", "模型服务报错：line one\nline two"),
        ("quota used up", "quota used up"),
        ("", ""),
    ],
)
def test_the_services_own_words_stay_as_they_are(english, chinese):
    assert say(english, "zh") == chinese
