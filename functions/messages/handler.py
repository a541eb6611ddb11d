from functions.messages import routes
from parley.bootstrap import authenticator, replies, settings
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(routes.router, cors=settings().cors, authenticator=authenticator(), replies=replies())
handler = StreamingMangum(app, lifespan="off")
