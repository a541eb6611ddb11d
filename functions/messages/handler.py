from functions.messages import routes
from parley.bootstrap import authenticator, idempotency, settings
from parley.bootstrap.replies import replies
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    replies=replies(),
)
handler = StreamingMangum(app, lifespan="off")
