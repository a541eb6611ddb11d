from functions.chat_rooms import routes
from parley.bootstrap import authenticator, idempotency, settings
from parley.bootstrap.rooms import room_transcript, rooms
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    rooms=rooms(),
    transcript=room_transcript(),
)
handler = StreamingMangum(app, lifespan="off")
