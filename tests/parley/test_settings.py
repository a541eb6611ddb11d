"""What a function is told by its environment."""

import pytest

from parley.settings import ModelSettings, Secret, read_settings


def test_nothing_set_means_a_week_of_session_and_the_demo():
    settings = read_settings({})
    assert (settings.stage, settings.session_hours, settings.model) == ("local", 168, ModelSettings())
    assert settings.reply_lease_seconds == 30


def test_empty_variables_count_as_not_set():
    assert read_settings({"PARLEY_MODEL_BASE_URL": "", "PARLEY_SESSION_HOURS": ""}) == read_settings({})


def test_tables_are_found_by_their_name_in_the_topology():
    settings = read_settings({"PARLEY_USERS_TABLE": "prod-users"})
    assert settings.table("users") == "prod-users"
    with pytest.raises(KeyError, match="PARLEY_CONVERSATIONS_TABLE"):
        settings.table("conversations")


def test_functions_are_found_by_their_name_in_the_topology():
    settings = read_settings({"PARLEY_CODE_RUNNER_FUNCTION": "prod-runner", "AWS_LAMBDA_FUNCTION_NAME": "x"})
    assert settings.function("code_runner") == "prod-runner"
    assert settings.function("messages") is None


def test_keys_are_found_by_their_name_in_the_topology():
    settings = read_settings({"PARLEY_PROVIDERS_KEY_ID": "alias/a", "AWS_ACCESS_KEY_ID": "AKIA"})
    assert settings.key_id("providers") == "alias/a"
    assert list(settings.key_ids) == ["PARLEY_PROVIDERS_KEY_ID"]


def test_queues_are_found_by_their_name_in_the_topology():
    settings = read_settings({"PARLEY_ROOM_WORK_QUEUE_URL": "https://sqs.example/1/room.fifo"})
    assert settings.queue_url("room_work") == "https://sqs.example/1/room.fifo"
    with pytest.raises(KeyError, match="PARLEY_OTHER_QUEUE_URL"):
        settings.queue_url("other")


@pytest.mark.parametrize("hours", ["0", "-1", "a week", "1.5", " 1"])
def test_a_wrong_number_is_named(hours):
    with pytest.raises(ValueError, match="PARLEY_SESSION_HOURS"):
        read_settings({"PARLEY_SESSION_HOURS": hours})


def test_a_lease_is_not_too_short_to_be_renewed():
    assert read_settings({"PARLEY_REPLY_LEASE_SECONDS": "2"}).reply_lease_seconds == 2
    with pytest.raises(ValueError, match="PARLEY_REPLY_LEASE_SECONDS must be a whole number from 2"):
        read_settings({"PARLEY_REPLY_LEASE_SECONDS": "1"})


def test_the_key_is_in_no_representation():
    settings = read_settings({"PARLEY_MODEL_API_KEY": "sk-secret", "PARLEY_MODEL_BASE_URL": "http://x/v1"})
    assert settings.model.api_key == Secret(value="sk-secret")
    assert "sk-secret" not in repr(settings)


def test_a_key_may_be_named_by_the_parameter_that_holds_it():
    settings = read_settings({"PARLEY_MODEL_API_KEY_PARAMETER": "/parley/model-key"})
    assert settings.model.api_key == Secret(parameter="/parley/model-key")
    assert settings.model.api_key
    assert not settings.search.tavily_api_key


@pytest.mark.parametrize("text", ["1", "true", "True", "YES", "on"])
def test_private_urls_are_allowed_where_somebody_says_so(text):
    assert read_settings({"PARLEY_ALLOW_PRIVATE_URLS": text}).allow_private_urls


@pytest.mark.parametrize("text", [None, "", "0", "false", "No", "off"])
def test_private_urls_are_refused_otherwise(text):
    environment = {} if text is None else {"PARLEY_ALLOW_PRIVATE_URLS": text}
    assert not read_settings(environment).allow_private_urls


@pytest.mark.parametrize("text", ["2", "y", "allow", " "])
def test_a_switch_that_is_neither_on_nor_off_is_named(text):
    with pytest.raises(ValueError, match="PARLEY_ALLOW_PRIVATE_URLS"):
        read_settings({"PARLEY_ALLOW_PRIVATE_URLS": text})


def test_no_key_of_a_search_service_is_in_a_representation():
    settings = read_settings(
        {
            "PARLEY_SEARCH_SEARXNG_URL": "https://user:hunter2@search.example",
            "PARLEY_SEARCH_TAVILY_API_KEY": "tvly-secret",
            "PARLEY_SEARCH_BRAVE_API_KEY": "BSA-secret",
        }
    )
    assert settings.search.tavily_api_key.value == "tvly-secret"
    assert settings.search.brave_api_key.value == "BSA-secret"
    assert settings.search.searxng_url == "https://user:hunter2@search.example"
    assert not any(secret in repr(settings) for secret in ("hunter2", "tvly-secret", "BSA-secret"))
