from mangum import Mangum

from functions.auth import routes
from parley.bootstrap import accounts, authenticator
from parley.http.app import create_app

app = create_app(routes.router, authenticator=authenticator(), accounts=accounts())
handler = Mangum(app, lifespan="off")
