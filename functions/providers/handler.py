from mangum import Mangum

from functions.providers import routes
from parley.bootstrap import authenticator, idempotency, providers, settings
from parley.http.app import create_app

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    providers=providers(),
)
handler = Mangum(app, lifespan="off")
