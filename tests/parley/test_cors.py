import pytest

from parley.cors import CorsPolicy, InvalidOriginError
from parley.settings import read_settings

ONE, OTHER, FOREIGN = "https://chat.example.com", "http://localhost:5173", "https://evil.example"


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", ()),
        (" , ", ()),
        ("*", ("*",)),
        (f" {ONE} ,{OTHER},,{ONE}", (ONE, OTHER)),
        ("http://127.0.0.1:3000", ("http://127.0.0.1:3000",)),
        ("http://[::1]:8080", ("http://[::1]:8080",)),
        ("capacitor://localhost,https://a-b.xn--fiqs8s", ("capacitor://localhost", "https://a-b.xn--fiqs8s")),
        ("https://a.example:80", ("https://a.example:80",)),
    ],
)
def test_origins_are_read_as_browsers_write_them(text, origins):
    policy = CorsPolicy.parse(text)
    assert policy.origins == origins
    assert CorsPolicy.parse(str(policy)) == policy
    assert bool(policy) is bool(origins)


@pytest.mark.parametrize(
    "origin",
    [
        "chat.example.com",
        "https://",
        "https://chat.example.com/",
        "https://chat.example.com/app",
        "https://chat.example.com?x",
        "https://Chat.example.com",
        "https://chat.example.com:443",
        "http://chat.example.com:80",
        "https://user@chat.example.com",
        "https://*.example.com",
        "https://chat.example.com:port",
        "https://a.example https://b.example",
        'https://a"b.example',
        "https://$input",
        "https://münchen.example",
        "null",
        "*,https://chat.example.com",
    ],
)
def test_what_no_browser_would_send_is_refused_by_name(origin):
    with pytest.raises(InvalidOriginError, match=r"PARLEY_CORS_ORIGINS: .* is no origin"):
        read_settings({"PARLEY_CORS_ORIGINS": origin})


def test_a_deployment_lets_no_other_origin_in_unless_it_says_so():
    policy = read_settings({}).cors
    assert policy.headers(ONE) == policy.gateway_headers(ONE) == {}
    assert policy.methods(["POST", "GET"]) == "GET, POST"


def test_each_origin_of_a_list_is_named_to_itself_and_no_other():
    policy = CorsPolicy.parse(f"{ONE},{OTHER}")
    for origin in (ONE, OTHER):
        headers = policy.headers(origin)
        assert headers["Access-Control-Allow-Origin"] == origin
        assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    for origin in (FOREIGN, ONE.upper(), f"{ONE}.evil.example", "null", "", None):
        assert policy.headers(origin) == {"Vary": "Origin"}
        assert "Access-Control-Allow-Origin" not in policy.preflight_headers(origin, ["GET"])


def test_every_origin_reads_the_same_answer_where_all_may():
    policy = CorsPolicy.parse("*")
    assert policy.headers(ONE) == policy.headers(None)
    assert policy.headers(None)["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in policy.headers(ONE)


def test_a_preflight_names_the_paths_methods_and_the_contracts_headers():
    headers = CorsPolicy.parse(ONE).preflight_headers(ONE, ["PUT", "GET"])
    assert headers == {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": ONE,
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Headers": (
            "Accept-Language, Authorization, Content-Type, Idempotency-Key, Last-Event-ID"
        ),
        "Access-Control-Max-Age": "7200",
    }


def test_a_gateway_names_the_one_origin_or_the_callers():
    assert CorsPolicy.parse("*").gateway_headers(ONE)["Access-Control-Allow-Origin"] == "*"
    assert CorsPolicy.parse(ONE).gateway_headers(FOREIGN)["Access-Control-Allow-Origin"] == ONE
    several = CorsPolicy.parse(f"{ONE},{OTHER}")
    assert several.gateway_headers(OTHER)["Access-Control-Allow-Origin"] == OTHER
    assert several.gateway_headers(None) == {}
