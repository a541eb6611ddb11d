from mangum import Mangum

from functions.auth import routes
from parley.bootstrap import accounts, authenticator, settings
from parley.http.app import create_app

app = create_app(
    routes.router,
    cors=settings().cors,
    authenticator=authenticator(),
    accounts=accounts(),
    edge_secret=settings().edge_secret,
)
handler = Mangum(app, lifespan="off")
