from functions.chat_rooms import routes
from parley.bootstrap import authenticator, idempotency, settings
from parley.bootstrap.rooms import room_admin, room_transcript, rooms
from parley.bootstrap.turns import room_questions
from parley.http.app import create_app
from parley.http.room_languages import localize
from parley_streaming.adapter import StreamingMangum

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    rooms=rooms(),
    admin=room_admin(localize),
    transcript=room_transcript(),
    questions=room_questions(localize),
)
handler = StreamingMangum(app, lifespan="off")
