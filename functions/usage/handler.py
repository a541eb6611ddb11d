from mangum import Mangum

from functions.usage import routes
from parley.bootstrap import authenticator, settings, usage
from parley.http.app import create_app

app = create_app(routes.router, cors=settings().cors, authenticator=authenticator(), usage=usage())
handler = Mangum(app, lifespan="off")
