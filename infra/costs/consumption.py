"""What each act consumes, as measured: the upper bounds that the tests of costs hold the product to.

tests/functions/test_costs.py and tests/functions/test_room_costs.py measure DynamoDB's units with the real
handlers. Durations are rounded up from `make bench` and the local stack; a model's time is its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Units:
    """DynamoDB's request units."""

    writes: float
    reads: float


# A message and a reply that is there at once, whatever the conversation's length.
SHORT_EXCHANGE = Units(writes=8, reads=11)
# For each second that a reply takes: one write of its log every quarter of a second, and the lease.
REPLY_SECOND = Units(writes=4.6, reads=0.1)
# Of everything that comes in or goes on besides: authentication, validation, the first and the last write.
REQUEST_SECONDS = 0.25
LOG_BYTES_A_REQUEST = 2_000

# In a room of fifty connections: a message that is stored, queued and delivered.
ROOM_MESSAGE = Units(writes=7, reads=8)
# A reply to it that is there at once, and its frames to each connection: typing, message, step, done, typing.
ROOM_REPLY = Units(writes=10, reads=21)
ROOM_REPLY_FRAMES = 5
# Handshake, welcome and farewell of one connection, which is told three frames and announced twice.
ROOM_COMING_AND_GOING = Units(writes=11, reads=20)
ROOM_OPENING_FRAMES = 3
# Deltas are held back until a frame is worth it: at most this many a second (chat/room_broadcasts.py).
ROOM_REPLY_FRAMES_A_SECOND = 2
# A frame of a client, with what it sets going; a message of the queue that only looks, or welcomes.
FRAME_SECONDS = 0.25
# Sent, received, deleted, and kept hidden meanwhile.
QUEUE_REQUESTS_A_MESSAGE = 4
# Lambda asks a queue with five long polls of 20 s, whether anything is in it or not.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
IDLE_POLLERS = 5
IDLE_POLL_SECONDS = 20
