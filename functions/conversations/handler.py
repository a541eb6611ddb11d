from mangum import Mangum

from functions.conversations import routes
from parley.bootstrap import authenticator, conversations
from parley.http.app import create_app

app = create_app(routes.router, authenticator=authenticator(), conversations=conversations())
handler = Mangum(app, lifespan="off")
