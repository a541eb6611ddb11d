from functions.messages import routes
from parley.bootstrap import authenticator, replies
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(routes.router, authenticator=authenticator(), replies=replies())
handler = StreamingMangum(app, lifespan="off")
