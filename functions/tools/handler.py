from functions.tools import routes
from parley.bootstrap import authenticator, idempotency, settings, tools
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    tools=tools(),
)
handler = StreamingMangum(app, lifespan="off")
