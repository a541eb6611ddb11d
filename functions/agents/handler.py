from mangum import Mangum

from functions.agents import routes
from parley.bootstrap import agents, authenticator, idempotency, settings
from parley.http.app import create_app

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    agents=agents(),
)
handler = Mangum(app, lifespan="off")
