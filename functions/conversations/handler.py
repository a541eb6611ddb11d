from mangum import Mangum

from functions.conversations import routes
from parley.bootstrap import authenticator, conversations, idempotency, settings
from parley.http.app import create_app

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    conversations=conversations(),
)
handler = Mangum(app, lifespan="off")
