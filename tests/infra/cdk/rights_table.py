"""What each function may do with what of ours, written out: whoever gives a function more has to say so here.

Beyond this each may write to its own log, and all but code_runner may send traces. Of a deployer's parameters
and of Bedrock's models the other tests speak.
"""

ITEMS = "BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query UpdateItem"
IDEMPOTENCY = "DeleteItem GetItem PutItem Query UpdateItem"
# What Lambda does with a queue in the name of the function that consumes it.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
CONSUME = "ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes"

RIGHTS: dict[str, dict[str, str]] = {
    "service": {},
    "auth": {"table users": "DeleteItem GetItem PutItem UpdateItem"},
    "conversations": {
        "table users": "GetItem",
        "table conversations": ITEMS,
        "table idempotency": IDEMPOTENCY,
    },
    "agents": {
        "table users": "GetItem",
        "table agents": "DeleteItem GetItem PutItem Query UpdateItem",
        "table providers": "BatchGetItem",
        "table idempotency": IDEMPOTENCY,
    },
    "chat_rooms": {
        "table users": "GetItem",
        "table agents": "BatchGetItem",
        "table rooms": ITEMS,
        "table connections": "DeleteItem Query UpdateItem",
        "table idempotency": IDEMPOTENCY,
        "queue room_work": "SendMessage",
        "sockets": "DELETE POST",
    },
    "room_socket": {
        "table users": "GetItem",
        "table agents": "BatchGetItem GetItem",
        "table rooms": "DeleteItem GetItem PutItem Query UpdateItem",
        "table connections": "DeleteItem GetItem PutItem Query UpdateItem",
        "queue room_work": "SendMessage",
        "sockets": "DELETE POST",
    },
    "agent_turns": {
        "table agents": "BatchGetItem",
        "table rooms": "BatchWriteItem DeleteItem GetItem PutItem Query UpdateItem",
        "table connections": "DeleteItem GetItem Query UpdateItem",
        "table usage": "UpdateItem",
        "table providers": "Query",
        "key providers": "Decrypt",
        "queue room_work": f"SendMessage {CONSUME}",
        "function code_runner": "InvokeFunction",
        "sockets": "DELETE POST",
    },
    "messages": {
        "table users": "GetItem",
        "table conversations": "BatchWriteItem DeleteItem GetItem PutItem Query UpdateItem",
        "table usage": "UpdateItem",
        "table providers": "Query",
        "table idempotency": IDEMPOTENCY,
        "key providers": "Decrypt",
        "function code_runner": "InvokeFunction",
    },
    "providers": {
        "table users": "GetItem",
        "table providers": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
        "table idempotency": IDEMPOTENCY,
        "key providers": "Decrypt Encrypt",
    },
    "usage": {"table users": "GetItem", "table usage": "Query"},
    "tools": {
        "table users": "GetItem",
        "table idempotency": IDEMPOTENCY,
        "function code_runner": "InvokeFunction",
    },
    "code_runner": {},
}
