from mangum import Mangum

from functions.agents import routes
from parley.bootstrap import agents, authenticator, settings
from parley.http.app import create_app

app = create_app(routes.router, cors=settings().cors, authenticator=authenticator(), agents=agents())
handler = Mangum(app, lifespan="off")
