"""The handshake of a socket: who wants to connect, and the answer that lets it come about or refuses it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from parley.chat.room_admission import Claim
from parley.chat.room_arrivals import Handshake, RoomArrivals
from parley.errors import NotAuthenticatedError, ParleyError
from parley.http.phrases import Language, choose_language, phrase
from parley.http.statuses import status_of, type_of
from parley.observability import annotate, current_request_id, log_failure

type Answer = dict[str, Any]

ACCEPTED: Answer = {"statusCode": 200}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def shake_hands(arrivals: RoomArrivals, event: Mapping[str, Any]) -> Answer:
    """Nothing of what the client shows as proof is logged or kept."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    query = event.get("queryStringParameters") or {}
    language = choose_language(headers.get("accept-language"))
    handshake = Handshake(
        connection_id=event["requestContext"]["connectionId"],
        at=_EPOCH + timedelta(milliseconds=event["requestContext"]["connectedAt"]),
        after=query.get("after"),
        language=language,
    )
    try:
        connection = await arrivals.arrive(_claim(query, headers), handshake)
    except ParleyError as error:
        return _refusal(error, language)
    except Exception as error:
        log_failure("unhandled failure", error)
        return _answer(500, "internal_error", language, request_id=current_request_id())
    annotate(room_id=connection.room_id, user_id=connection.user_id)
    return ACCEPTED


def _claim(query: Mapping[str, str], headers: Mapping[str, str]) -> Claim:
    return Claim(
        room_id=query.get("room_id") or "",
        token=query.get("token") or _bearer(headers.get("authorization") or ""),
        participant_type=query.get("participant_type") or None,
        participant_id=query.get("participant_id") or None,
        participant_name=query.get("participant_name") or None,
    )


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refusal(error: ParleyError, language: Language) -> Answer:
    answer = _answer(status_of(type(error)), error.key, language)
    if isinstance(error, NotAuthenticatedError):
        answer["headers"]["WWW-Authenticate"] = "Bearer"
    return answer


def _answer(status: int, key: str, language: Language, **further: str) -> Answer:
    envelope = {
        "success": False,
        "error": phrase(key, language),
        "code": status,
        "type": type_of(key),
        **further,
    }
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(envelope, ensure_ascii=False),
    }
