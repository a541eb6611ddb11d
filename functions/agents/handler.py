from mangum import Mangum

from functions.agents import routes
from parley.bootstrap import agents, authenticator, idempotency, provider_repository, settings
from parley.http.app import create_app

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    idempotency=idempotency(),
    agents=agents(),
    providers=provider_repository(),
)
handler = Mangum(app, lifespan="off")
