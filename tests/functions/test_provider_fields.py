"""The fields of a provider: what each may be, and how it is refused."""

import pytest

from parley.domain.providers import MAX_PROVIDERS
from tests.functions.test_providers import path_of

pytestmark = pytest.mark.usefixtures("keys")


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("openai", "https://api.openai.com/v1"),
        ("anthropic", "https://api.anthropic.com"),
        ("bedrock", None),
        ("demo", None),
    ],
)
@pytest.mark.parametrize("left_out", [{}, {"base_url": None}, {"base_url": ""}, {"base_url": "  "}])
def test_a_kind_has_an_address_of_its_own_where_none_is_given(anna, kind, own, left_out):
    provider = anna.bring(kind=kind, **left_out)
    assert provider["base_url"] == own
    before = "anthropic" if kind == "openai" else "openai"
    other = anna.bring(kind=before, base_url="https://models.example/v1")
    assert anna.client.call("PUT", path_of(other), {"kind": kind, **left_out}).data["base_url"] == own
    assert anna.client.call("GET", path_of(other)).data["base_url"] == own


@pytest.mark.parametrize("kind", ["bedrock", "demo"])
def test_a_kind_without_an_address_ignores_one(anna, kind):
    assert anna.bring(kind=kind, base_url="http://127.0.0.1")["base_url"] is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434/v1",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/v1",
        "http://2130706433/v1",
        "http://localhost/v1",
        "ftp://models.example/v1",
        "https://user:secret@models.example/v1",
        "https://models.example:22/v1",
        "models.example/v1",
        "x",
    ],
)
def test_an_address_that_nobody_may_choose_is_refused_with_its_reason(anna, url):
    provider = anna.bring()
    for method, path in [("POST", "/api/providers"), ("PUT", path_of(provider))]:
        body = {"name": "Mine", "base_url": url}
        refused = anna.client.call(method, path, body)
        assert (refused.status, refused.fields) == (422, ["body.base_url"])
        assert refused.json["details"][0]["reason"].startswith("不允许使用该地址: ")
        english = anna.client.in_english().call(method, path, body)
        assert english.json["details"][0]["reason"].startswith("The address is not allowed: ")
    assert anna.client.call("GET", "/api/providers").data["items"] == [provider]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", None),
        ("name", 5),
        ("kind", "gemini"),
        ("kind", None),
        ("base_url", 5),
        ("base_url", "https://models.example/" + "x" * 2000),
        ("api_key", ""),
        ("api_key", " "),
        ("api_key", "x" * 4001),
        ("api_key", "sk-é"),
        ("api_key", "sk-\r\nX-Injected: 1"),
        ("api_key", 5),
        ("api_key", ["x"]),
        ("models", None),
        ("models", "a"),
        ("models", ["a"] * 201),
        ("models", [f"{number:0200d}" for number in range(101)]),
        ("is_default", None),
        ("is_default", "perhaps"),
        ("enabled", None),
        ("enabled", 2),
    ],
)
def test_each_wrong_field_is_named(anna, field, value):
    provider = anna.bring()
    for method, path in [("POST", "/api/providers"), ("PUT", path_of(provider))]:
        refused = anna.client.call(method, path, {"name": "Mine", field: value})
        assert (refused.status, refused.json["type"]) == (422, "validation_error")
        assert refused.fields == [f"body.{field}"]
        assert refused.json["details"][0]["reason"]
    assert anna.client.call("GET", "/api/providers").data["items"] == [provider]


@pytest.mark.parametrize("name", ["", "x" * 201, 5, None])
def test_a_wrong_name_of_a_model_is_named_by_its_place(anna, name):
    refused = anna.client.call("POST", "/api/providers", {"name": "Mine", "models": ["a", name]})
    assert (refused.status, refused.fields) == (422, ["body.models.1"])


def test_the_longest_lists_fit_an_answer(anna):
    for number in range(3):
        names = [f"{index:03d}" + "模" * 97 for index in range(200)]
        assert anna.bring(name=f"{number}", models=names)["models"] == names
    page = anna.client.call("GET", "/api/providers?page_size=100")
    assert len(page.text.encode()) / 3 * MAX_PROVIDERS < 6_000_000
