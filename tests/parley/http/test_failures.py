"""Facts become documented answers: what is declared is what the error map gives."""

import pytest

from parley.errors import (
    ConversationNotFoundError,
    EmailTakenError,
    NotAuthenticatedError,
    TooManyAttemptsError,
    UsernameTakenError,
)
from parley.http.failures import failure, failures, refusal, together


def examples(response):
    return {name: each["value"] for name, each in response["content"]["application/json"]["examples"].items()}


def test_a_fact_is_told_by_its_status_its_type_and_in_both_languages():
    ((status, response),) = failures(ConversationNotFoundError).items()
    assert (status, response["description"]) == (404, "Conversation not found")
    assert examples(response) == {
        "conversation_not_found": {
            "success": False,
            "error": "会话不存在",
            "code": 404,
            "type": "not_found",
        }
    }


def test_facts_of_one_status_share_a_response():
    ((status, response),) = failures(UsernameTakenError, EmailTakenError).items()
    assert status == 409
    assert response["description"] == "The user name is taken, or: The e-mail address is taken"
    assert set(examples(response)) == {"username_taken", "email_taken"}


@pytest.mark.parametrize(
    ("fact", "header"), [(TooManyAttemptsError, "Retry-After"), (NotAuthenticatedError, "WWW-Authenticate")]
)
def test_a_header_is_told_and_stays_when_cases_are_put_together(fact, header):
    own = failures(fact)
    (status,) = own
    other = refusal(status, "other", "Something else", {"success": False})
    assert header in own[status]["headers"]
    assert header in together(other, own)[status]["headers"]
    assert header in together(own, other)[status]["headers"]


def test_an_example_may_show_more_of_the_envelope():
    response = failure(500, "internal_error", request_id="abc")[500]
    assert examples(response)["internal_error"]["request_id"] == "abc"
